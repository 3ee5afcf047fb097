import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

process.env.TZ = "UTC";
const { headcount, scaleOf, ticksOf } = await load("src/pages/timeline-scale.ts");

const at = (minute) => new Date(Date.UTC(2026, 0, 15, 10, minute)).toISOString();
const segment = (from, to, breakout = null) => ({ joined_at: at(from), left_at: to === null ? null : at(to), breakout });
const person = (...segments) => ({ first_joined: segments[0].joined_at, segments });
const meeting = (participants, more = {}) => ({ participants, recordings: [], ended_at: null, is_active: false, ...more });

test("the scale goes from the first sign of life to the last", () => {
  const scale = scaleOf(meeting([person(segment(5, 20)), person(segment(0, 10))]), Date.parse(at(59)));
  assert.equal(scale.from, Date.parse(at(0)));
  assert.equal(scale.to, Date.parse(at(20)));
  assert.equal(scale.at(Date.parse(at(10))), 50);
  assert.equal(scale.at(Date.parse(at(40))), 100);
});

test("a running meeting reaches to now, and one of an instant still has a width", () => {
  const running = scaleOf(meeting([person(segment(0, null))], { is_active: true }), Date.parse(at(30)));
  assert.equal(running.to, Date.parse(at(30)));
  const instant = scaleOf(meeting([person(segment(0, 0))]), Date.parse(at(30)));
  assert.equal(instant.to - instant.from, 60_000);
});

test("marks are round and few", () => {
  const ticks = ticksOf(scaleOf(meeting([person(segment(3, 50))]), 0));
  assert.deepEqual(ticks.map((tick) => new Date(tick).getUTCMinutes()), [10, 20, 30, 40, 50]);
});

test("one person counts once, however often they moved", () => {
  const steps = headcount(meeting([person(segment(0, 10), segment(9, 20, "Group A")), person(segment(5, 15))]), Date.parse(at(20)));
  assert.deepEqual(steps.map((step) => [new Date(step.at).getUTCMinutes(), step.count]), [[0, 1], [5, 2], [15, 1], [20, 0]]);
});

test("who is still there counts to the end", () => {
  const steps = headcount(meeting([person(segment(0, null))], { is_active: true }), Date.parse(at(30)));
  assert.deepEqual(steps.map((step) => step.count), [1, 0]);
  assert.equal(steps[1].at, Date.parse(at(30)));
});
