// Who was there and who spoke, below the picture and on its own time line. A click anywhere on the lanes goes there; by
// keyboard, a person's lane steps from one of their turns to the next.
import { useEffect, useRef, useState } from "preact/hooks";
import { api } from "../api";
import { Show } from "../components/loaded";
import { playTime } from "../format";
import { type Concerns, useQuery } from "../query";
import { segment } from "../router";
import { t } from "../texts";
import type { Recording, RecordingPeople } from "../types";
import { seek } from "./recording-keys";
import { PersonLane } from "./recording-lane";
import { usePointer } from "./recording-pointer";
import { inOrder, percent, speaksAt, ticksOf } from "./recording-scale";

/** More people than these are shown when they are asked for. */
const SHOWN_FIRST = 12;

interface Props {
  recording: Recording;
  media: HTMLVideoElement | null;
  onAssign: () => void;
}

export function Lanes({ recording, media, onAssign }: Props) {
  const { id, meeting_id } = recording;
  const concerns: Concerns = (event) => event.meeting_id === meeting_id && event.type !== "recording.updated";
  const people = useQuery(
    `recordings/${id}/people/${meeting_id}/${recording.started_at}`,
    (signal) => api.get<RecordingPeople>(`v1/recordings/${segment(id)}/people`, {}, signal),
    concerns,
  );
  return (
    <section aria-labelledby="people">
      <div class="section-head">
        <h2 id="people">{t.recordings.people.title}</h2>
      </div>
      {meeting_id ? (
        <Show from={people} lines={4}>
          {(data) => (data.people.length > 0 ? <Timeline data={data} media={media} /> : <p class="muted">{t.recordings.people.nobody}</p>)}
        </Show>
      ) : (
        <p class="muted">
          {t.recordings.people.unmatched}{" "}
          <button type="button" class="link-button" onClick={onAssign}>
            {t.recordings.assignTitle}
          </button>
        </p>
      )}
    </section>
  );
}

function Timeline({ data, media }: { data: RecordingPeople; media: HTMLVideoElement | null }) {
  const [all, setAll] = useState(false);
  const [current, setCurrent] = useState(0);
  const body = useRef<HTMLDivElement>(null);
  const length = lengthOf(data);
  const at = usePlayhead(media, body, length);
  const people = inOrder(data.people);
  const shown = all ? people : people.slice(0, SHOWN_FIRST);
  const spoke = people.filter((person) => person.spoke.length > 0).length;
  const { over, ...pointer } = usePointer(length, (to) => go(to));
  const go = (to: number | undefined) => media && to !== undefined && seek(media, to);

  const move = (event: KeyboardEvent) => {
    const last = shown.length - 1;
    const to = { ArrowDown: current + 1, ArrowUp: current - 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    body.current?.querySelectorAll<HTMLElement>(".lane-button")[Math.min(last, Math.max(0, to))]?.focus();
  };
  return (
    <div class="timeline card play-lanes">
      <Legend spoke={spoke} of={people.length} breakouts={people.some((person) => person.present.some((one) => one.breakout))} />
      {data.aligned_by === "file" && <p class="hint">{t.recordings.people.guessed}</p>}
      <div ref={body} class={media ? "timeline-body seekable" : "timeline-body"} {...(media ? pointer : {})}>
        <Grid length={length} />
        <ul class="lanes" data-own-arrows aria-label={t.recordings.people.lanes} onKeyDown={move}>
          {shown.map((person, index) => (
            <PersonLane
              key={`${person.user_id ?? ""} ${person.name} ${person.present[0]?.from}`}
              person={person}
              length={length}
              media={media}
              speaks={speaksAt(person, at)}
              tabbable={index === Math.min(current, shown.length - 1)}
              onFocus={() => setCurrent(index)}
              onGo={go}
            />
          ))}
        </ul>
        {media && <Heads over={over} length={length} />}
      </div>
      {people.length > SHOWN_FIRST && (
        <button type="button" class="button small more" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t.recordings.people.fewer : t.recordings.people.all(people.length)}
        </button>
      )}
    </div>
  );
}

/** At least a second, so that a recording that has just begun has a width. */
const lengthOf = (data: RecordingPeople) => Math.max(1, (Date.parse(data.ended_at) - Date.parse(data.began_at)) / 1000);

/** Moves the playhead without drawing the lanes anew; gives the time to the second for what does change. */
function usePlayhead(media: HTMLVideoElement | null, body: { current: HTMLDivElement | null }, length: number): number {
  const [at, setAt] = useState(0);
  useEffect(() => {
    if (!media) return;
    let frame = 0;
    const show = () => {
      body.current?.style.setProperty("--at", `${percent(media.currentTime, length)}%`);
      setAt(Math.floor(media.currentTime * 2) / 2);
      cancelAnimationFrame(frame);
      if (!media.paused && !media.ended) frame = requestAnimationFrame(show);
    };
    const events = ["play", "playing", "pause", "seeking", "seeked", "timeupdate", "loadedmetadata", "ended"];
    for (const event of events) media.addEventListener(event, show);
    show();
    return () => {
      cancelAnimationFrame(frame);
      for (const event of events) media.removeEventListener(event, show);
    };
  }, [media, length]);
  return at;
}

function Legend({ spoke, of, breakouts }: { spoke: number; of: number; breakouts: boolean }) {
  return (
    <ul class="legend">
      <li>
        <span class="swatch presence" /> {t.meeting.inRoom}
      </li>
      {spoke > 0 && (
        <li>
          <span class="swatch speech" /> {t.recordings.people.speaks}
        </li>
      )}
      {breakouts && (
        <li>
          <span class="swatch breakout" /> {t.meeting.breakout}
        </li>
      )}
      <li class="legend-sum">{spoke > 0 ? t.recordings.people.spoke(spoke, of) : t.recordings.people.noSpeech(of)}</li>
    </ul>
  );
}

function Grid({ length }: { length: number }) {
  return (
    <div class="grid-lines" aria-hidden="true">
      {ticksOf(length).map((tick) => (
        <span key={tick} class={percent(tick, length) > 92 ? "tick late" : "tick"} style={{ insetInlineStart: `${percent(tick, length)}%` }}>
          {playTime(tick)}
        </span>
      ))}
    </div>
  );
}

/** The moment that is shown, and the one under the pointer. */
function Heads({ over, length }: { over: number | null; length: number }) {
  return (
    <div class="grid-lines heads" aria-hidden="true">
      <span class="playhead" />
      {over !== null && (
        <span class={percent(over, length) > 88 ? "hovered late" : "hovered"} style={{ insetInlineStart: `${percent(over, length)}%` }}>
          <span>{playTime(over)}</span>
        </span>
      )}
    </div>
  );
}
