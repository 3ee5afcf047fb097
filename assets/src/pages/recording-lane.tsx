// One person's lane below the picture: when they were there, and when they spoke.
import { duration, playTime } from "../format";
import { t } from "../texts";
import type { RecordingPerson } from "../types";
import { nextStep, percent, type Stretch, stepBefore, stepsOf } from "./recording-scale";

interface Props {
  person: RecordingPerson;
  length: number;
  media: HTMLVideoElement | null;
  /** Whether they speak at the moment that is shown. */
  speaks: boolean;
  tabbable: boolean;
  onFocus: () => void;
  onGo: (to: number | undefined) => void;
}

export function PersonLane({ person, length, media, speaks, tabbable, onFocus, onGo }: Props) {
  const words = t.recordings.people;
  const steps = stepsOf(person).length;
  const next = () => onGo(nextStep(person, media?.currentTime ?? 0));
  const keys = (event: KeyboardEvent) => {
    if (!media || (event.key !== "ArrowRight" && event.key !== "ArrowLeft")) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "ArrowRight") next();
    else onGo(stepBefore(person, media.currentTime));
  };
  const name = person.name ?? t.meeting.unnamed;
  return (
    <li class={speaks ? "lane shown" : "lane"}>
      <button
        type="button"
        class="track-row lane-button"
        tabIndex={tabbable ? 0 : -1}
        title={media ? words.stepHint(name) : undefined}
        onFocus={onFocus}
        onKeyDown={keys}
        // A press on the track itself has gone to that place already.
        onClick={(event) => !isOnTrack(event) && next()}
      >
        <span class="lane-name">
          <span class="lane-text">{name}</span>
          {person.role === "moderator" && <span class="mod" title={t.meeting.moderator} />}
        </span>
        <span class="track">
          {person.present.map((one) => (
            <Bar key={`${one.from} ${one.breakout ?? ""}`} stretch={one} length={length} kind={one.breakout ? "breakout" : "presence"} />
          ))}
          {person.spoke.map((one) => (
            <Bar key={one.from} stretch={one} length={length} kind="speech" />
          ))}
        </span>
        <span class="lane-total">{person.spoke_seconds > 0 ? duration(person.spoke_seconds) : ""}</span>
        <span class="hidden">{person.spoke.length > 0 ? words.turns(steps, playTime(person.spoke_seconds)) : words.stays(steps)}</span>
      </button>
    </li>
  );
}

const isOnTrack = (event: MouseEvent) => event.detail > 0 && event.target instanceof Element && event.target.closest(".track") !== null;

function Bar({ stretch, length, kind }: { stretch: Stretch; length: number; kind: "presence" | "breakout" | "speech" }) {
  const from = percent(stretch.from, length);
  return <span class={`span ${kind}`} style={{ insetInlineStart: `${from}%`, width: `${percent(stretch.to, length) - from}%` }} />;
}
