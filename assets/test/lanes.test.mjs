import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { inOrder, nextStep, percent, speaksAt, stepBefore, ticksOf } = await load("src/pages/recording-scale.ts");

const stretches = (...pairs) => pairs.map(([from, to]) => ({ from, to }));
const person = (name, present, spoke = []) => ({
  name,
  present: stretches(...present),
  spoke: stretches(...spoke),
  spoke_seconds: spoke.reduce((sum, [from, to]) => sum + to - from, 0),
});

test("marks are round and few", () => {
  assert.deepEqual(ticksOf(30), [0, 5, 10, 15, 20, 25, 30]);
  assert.deepEqual(ticksOf(3600), [0, 600, 1200, 1800, 2400, 3000, 3600]);
  assert.ok(ticksOf(86_400).length <= 8);
});

test("who spoke the most comes first, then who stayed the longest, then who came first", () => {
  const people = [person("a", [[0, 10]]), person("b", [[0, 90]]), person("c", [[0, 10]], [[1, 2]]), person("d", [[5, 15]])];
  assert.deepEqual(inOrder(people).map((one) => one.name), ["c", "b", "a", "d"]);
  assert.equal(people[0].name, "a", "the list itself is left alone");
});

test("one steps from turn to turn, and from the last to the first", () => {
  const ada = person("Ada", [[0, 100]], [[10, 20], [40, 50]]);
  assert.deepEqual([0, 10, 39, 40, 99].map((at) => nextStep(ada, at)), [10, 40, 40, 10, 10]);
  assert.deepEqual([5, 11, 15, 41, 60].map((at) => stepBefore(ada, at)), [10, 10, 10, 10, 40]);
  assert.equal(nextStep(person("silent", [[3, 9], [20, 30]]), 5), 20, "stays, where no turn is known");
  assert.deepEqual([9, 10, 19.9, 20].map((at) => speaksAt(ada, at)), [false, true, true, false]);
});

test("a place is never beside the lanes", () => {
  assert.deepEqual([percent(5, 10), percent(-1, 10), percent(99, 10), percent(1, 0)], [50, 0, 100, 0]);
});
