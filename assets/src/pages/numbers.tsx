// The last seven days in four numbers and seven bars.
import { dateInput, day, duration, number, startOfDay } from "../format";
import { now } from "../now";
import { href } from "../router";
import { t } from "../texts";
import type { Meeting } from "../types";
import type { Week } from "./overview";

const DAYS = 7;

interface Day {
  date: Date;
  count: number;
}

const began = (meeting: Meeting) => Date.parse(meeting.started_at ?? meeting.created_at);

function byDay(meetings: Meeting[], at: number): Day[] {
  return Array.from({ length: DAYS }, (_, i) => {
    const date = startOfDay(at, i + 1 - DAYS);
    const end = startOfDay(at, i + 2 - DAYS).getTime();
    const count = meetings.filter((meeting) => began(meeting) >= date.getTime() && began(meeting) < end).length;
    return { date, count };
  });
}

function secondsOf(meeting: Meeting, at: number): number {
  if (meeting.duration_seconds !== null) return meeting.duration_seconds;
  return meeting.started_at ? (at - Date.parse(meeting.started_at)) / 1000 : 0;
}

export function Numbers({ week: { meetings, complete } }: { week: Week }) {
  const at = now.value;
  // A meeting nobody came to is an invitation, not a meeting.
  const since = startOfDay(at, 1 - DAYS).getTime();
  const met = meetings.filter((meeting) => meeting.started_at && began(meeting) >= since);
  const days = byDay(met, at);
  const least = (text: string) => (complete ? text : t.units.atLeast(text));
  const seconds = met.reduce((sum, meeting) => sum + secondsOf(meeting, at), 0);
  const peak = met.reduce((most, meeting) => Math.max(most, meeting.peak_participants), 0);
  return (
    <section class="numbers card" aria-label={t.overview.chart}>
      <dl class="figures">
        <Figure label={t.overview.today} value={number(days.at(-1)?.count ?? 0)} />
        <Figure label={t.overview.week} value={least(number(met.length))} />
        <Figure label={t.overview.time} value={least(duration(seconds))} />
        <Figure label={t.overview.peak} value={number(peak)} />
      </dl>
      <Bars days={days} />
    </section>
  );
}

function Figure({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Bars({ days }: { days: Day[] }) {
  const most = Math.max(1, ...days.map((one) => one.count));
  return (
    <ol class="bars" aria-label={t.overview.chart}>
      {days.map(({ date, count }) => {
        const input = dateInput(date);
        const label = t.overview.chartDay(day(date), count);
        return (
          <li key={input}>
            <a href={href("meetings", { from: input, to: input })} title={label}>
              <span class="hidden">{label}</span>
              <span class="bar-count" aria-hidden="true">
                {count || ""}
              </span>
              <span class={count ? "bar" : "bar zero"} style={{ height: `${(count / most) * 100}%` }} />
              <span class="bar-day" aria-hidden="true">
                {new Intl.DateTimeFormat(undefined, { weekday: "short" }).format(date)}
              </span>
            </a>
          </li>
        );
      })}
    </ol>
  );
}
