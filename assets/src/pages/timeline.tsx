// People on a time line: one lane a person, drawn by plain elements, so that it scales with the text and needs no
// chart library. Only one lane at a time is in the tab order; the arrow keys move along.
import { useRef, useState } from "preact/hooks";
import { timeOfDay } from "../format";
import { now } from "../now";
import { t } from "../texts";
import type { MeetingDetail } from "../types";
import { headcount, ms, type Scale, scaleOf, ticksOf } from "./timeline-scale";
import { Lane } from "./timeline-lane";

export function Timeline({ meeting }: { meeting: MeetingDetail }) {
  const [shown, setShown] = useState<number | null>(null);
  const [current, setCurrent] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const scale = scaleOf(meeting, now.value);
  const people = meeting.participants;
  const breakouts = people.some((person) => person.segments.some((one) => one.breakout));

  const move = (event: KeyboardEvent) => {
    const last = people.length - 1;
    const to = { ArrowDown: current + 1, ArrowUp: current - 1, Home: 0, End: last }[event.key];
    if (event.key === "Escape") setShown(null);
    if (to === undefined) return;
    event.preventDefault();
    const index = Math.min(last, Math.max(0, to));
    list.current?.querySelectorAll<HTMLElement>(".lane-button")[index]?.focus();
  };
  return (
    <div class="timeline card">
      <Legend breakouts={breakouts} recorded={meeting.recordings.length > 0} />
      <div class="timeline-body">
        <Grid scale={scale} />
        <Headcount meeting={meeting} scale={scale} />
        <RecordingLane meeting={meeting} scale={scale} />
        <ul ref={list} class="lanes" aria-label={t.meeting.lanes} onKeyDown={move} onMouseLeave={() => setShown(null)}>
          {people.map((person, index) => (
            <Lane
              key={`${person.user_id ?? ""} ${person.name} ${person.first_joined}`}
              person={person}
              scale={scale}
              tabbable={index === Math.min(current, people.length - 1)}
              shown={shown === index}
              onShow={() => setShown(index)}
              onHide={() => setShown((old) => (old === index ? null : old))}
              onFocus={() => {
                setCurrent(index);
                setShown(index);
              }}
            />
          ))}
        </ul>
      </div>
    </div>
  );
}

function Legend({ breakouts, recorded }: { breakouts: boolean; recorded: boolean }) {
  return (
    <ul class="legend">
      <li>
        <span class="swatch" /> {t.meeting.inRoom}
      </li>
      {breakouts && (
        <li>
          <span class="swatch breakout" /> {t.meeting.breakout}
        </li>
      )}
      {recorded && (
        <li>
          <span class="swatch recording" /> {t.meeting.recorded}
        </li>
      )}
    </ul>
  );
}

function Grid({ scale }: { scale: Scale }) {
  return (
    <div class="grid-lines" aria-hidden="true">
      {ticksOf(scale).map((tick) => (
        <span key={tick} class={scale.at(tick) > 92 ? "tick late" : "tick"} style={{ insetInlineStart: `${scale.at(tick)}%` }}>
          {timeOfDay(tick)}
        </span>
      ))}
    </div>
  );
}

function Headcount({ meeting, scale }: { meeting: MeetingDetail; scale: Scale }) {
  const steps = headcount(meeting, scale.to);
  const peak = steps.reduce((most, step) => Math.max(most, step.count), 1);
  // In units of 0.1 % of the width and of people: the drawing is stretched to the room it has.
  let path = `M0 ${peak}`;
  for (const step of steps) path += `H${(scale.at(step.at) * 10).toFixed(1)}V${peak - step.count}`;
  path += `H1000V${peak}Z`;
  return (
    <div class="track-row headcount">
      <span class="lane-name">{t.meeting.atOnce}</span>
      <svg class="track" viewBox={`0 0 1000 ${peak}`} preserveAspectRatio="none" role="img" aria-label={t.meeting.atOnceLabel(peak)}>
        <path d={path} />
      </svg>
      <span class="lane-total">{peak}</span>
    </div>
  );
}

function RecordingLane({ meeting, scale }: { meeting: MeetingDetail; scale: Scale }) {
  const spans = meeting.recordings.flatMap((one) => (one.started_at ? [[ms(one.started_at), one.ended_at ? ms(one.ended_at) : scale.to] as const] : []));
  if (spans.length === 0) return null;
  return (
    <div class="track-row" aria-hidden="true">
      <span class="lane-name">{t.meeting.recorded}</span>
      <span class="track">
        {spans.map(([from, to]) => (
          <span
            key={from}
            class="span recording"
            style={{ insetInlineStart: `${scale.at(from)}%`, width: `${scale.at(to) - scale.at(from)}%` }}
          />
        ))}
      </span>
      <span class="lane-total" />
    </div>
  );
}
