import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

process.env.TZ = "Europe/Berlin";
const { dayToIso, duration, relative, startOfDay } = await load("src/format.ts");

test("durations read as people say them", () => {
  const said = [0, 42, 59.6, 60, 720, 3599, 3900, 93_600].map(duration);
  assert.deepEqual(said, ["0 s", "42 s", "1 min", "1 min", "12 min", "1 h 00 min", "1 h 05 min", "26 h 00 min"]);
  assert.equal(duration(-5), "0 s");
});

test("a day begins at midnight here, also when the clocks change", () => {
  assert.equal(dayToIso("2026-01-15"), "2026-01-14T23:00:00.000Z");
  assert.equal(dayToIso("2026-03-29", 1), "2026-03-29T22:00:00.000Z");
  assert.equal(dayToIso(""), undefined);
  assert.equal(dayToIso("nonsense"), undefined);
  assert.equal(startOfDay(Date.UTC(2026, 2, 30, 10), -1).toISOString(), "2026-03-28T23:00:00.000Z");
});

test("the near past is told in words", () => {
  const now = Date.UTC(2026, 0, 15, 10);
  const ago = (seconds) => relative(new Date(now - seconds * 1000).toISOString(), now);
  assert.deepEqual([ago(5), ago(180), ago(7200), ago(86_400 * 3)], ["just now", "3 minutes ago", "2 hours ago", "3 days ago"]);
});
