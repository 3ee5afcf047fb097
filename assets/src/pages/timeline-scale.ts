// The arithmetic of the time line, apart from its drawing: what span it shows, where a moment lies, where the marks
// go, and how many people were in at a time.
import type { MeetingDetail } from "../types";

const MINUTE_MS = 60_000;
const STEPS_MINUTES = [1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440];
const TICKS_MAX = 7;

export interface Scale {
  from: number;
  to: number;
  /** Where a moment lies, 0 to 100. */
  at: (moment: number) => number;
}

export const ms = (iso: string) => Date.parse(iso);

/** From the first sign of life to the last; to now while it goes on. */
export function scaleOf(meeting: MeetingDetail, now: number): Scale {
  const starts = meeting.participants.map((person) => ms(person.first_joined));
  const ends = meeting.participants.flatMap((person) => person.segments.map((one) => ms(one.left_at ?? one.joined_at)));
  for (const recording of meeting.recordings) if (recording.started_at) starts.push(ms(recording.started_at));
  for (const recording of meeting.recordings) if (recording.ended_at) ends.push(ms(recording.ended_at));
  if (meeting.ended_at) ends.push(ms(meeting.ended_at));
  if (meeting.is_active) ends.push(now);
  const from = starts.reduce((a, b) => Math.min(a, b), Infinity);
  const to = Math.max(
    ends.reduce((a, b) => Math.max(a, b), -Infinity),
    from + MINUTE_MS,
  );
  return { from, to, at: (moment) => Math.min(100, Math.max(0, ((moment - from) / (to - from)) * 100)) };
}

/** Round moments of the day, few enough to read. */
export function ticksOf({ from, to }: Scale): number[] {
  const step = (STEPS_MINUTES.find((minutes) => (to - from) / (minutes * MINUTE_MS) <= TICKS_MAX) ?? 1440) * MINUTE_MS;
  // Whole hours are whole in the browser's zone, which may lie off by half an hour.
  const zone = new Date(from).getTimezoneOffset() * MINUTE_MS;
  const ticks = [];
  for (let tick = Math.ceil((from - zone) / step) * step + zone; tick <= to; tick += step) ticks.push(tick);
  return ticks;
}

export interface Step {
  at: number;
  count: number;
}

/** How many people were in, from each moment it changed. Rejoins and breakouts of one person count once. */
export function headcount(meeting: MeetingDetail, to: number): Step[] {
  const changes: [number, number][] = [];
  for (const person of meeting.participants) {
    for (const [from, until] of unions(person.segments.map((one) => [ms(one.joined_at), one.left_at ? ms(one.left_at) : to]))) {
      changes.push([from, 1], [until, -1]);
    }
  }
  changes.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const steps: Step[] = [];
  let count = 0;
  for (const [at, change] of changes) {
    count += change;
    const last = steps.at(-1);
    if (last?.at === at) last.count = count;
    else steps.push({ at, count });
  }
  return steps;
}

function unions(spans: [number, number][]): [number, number][] {
  const merged: [number, number][] = [];
  for (const [from, until] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], until);
    else merged.push([from, until]);
  }
  return merged;
}
