// The arithmetic of the lanes below a recording, apart from their drawing: the order of the people, round marks of
// time, and where somebody's next turn begins. All times are in seconds from the recording's beginning.
import type { RecordingPerson } from "../types";

const STEPS_SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400];
const TICKS_MAX = 7;
/** Whoever steps back from within so much of a turn's beginning means the turn before. */
const BACK_SLACK_SECONDS = 1.5;

export interface Stretch {
  from: number;
  to: number;
}

/** Round moments, few enough to read. */
export function ticksOf(length: number): number[] {
  const step = STEPS_SECONDS.find((seconds) => length / seconds <= TICKS_MAX) ?? 14400;
  const ticks = [];
  for (let tick = 0; tick <= length; tick += step) ticks.push(tick);
  return ticks;
}

/** Where a moment lies, 0 to 100. */
export const percent = (at: number, length: number) => Math.min(100, Math.max(0, length > 0 ? (at / length) * 100 : 0));

const sum = (stretches: Stretch[]) => stretches.reduce((total, one) => total + one.to - one.from, 0);

/** Those who spoke the most come first, then those who were there the longest; else as they came. */
export function inOrder(people: RecordingPerson[]): RecordingPerson[] {
  return [...people].sort((a, b) => b.spoke_seconds - a.spoke_seconds || sum(b.present) - sum(a.present));
}

/** What one steps through with a person: their turns, or, where none is known, their stays. */
export const stepsOf = (person: RecordingPerson): Stretch[] => (person.spoke.length > 0 ? person.spoke : person.present);

/** Where the person's next turn begins after `at`; the first one again after the last. */
export function nextStep(person: RecordingPerson, at: number): number | undefined {
  const steps = stepsOf(person);
  return (steps.find((one) => one.from > at + 0.25) ?? steps[0])?.from;
}

/** Where the person's turn before `at` begins. */
export function stepBefore(person: RecordingPerson, at: number): number | undefined {
  const steps = stepsOf(person);
  return (steps.findLast((one) => one.from < at - BACK_SLACK_SECONDS) ?? steps[0])?.from;
}

/** Whether the person speaks at that moment. */
export const speaksAt = (person: RecordingPerson, at: number) => person.spoke.some((one) => one.from <= at && at < one.to);
