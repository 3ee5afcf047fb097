// One person's lane, and the card that tells their times.
import { clock, duration, secondsBetween } from "../format";
import { t } from "../texts";
import type { Participant, Segment } from "../types";
import { ms, type Scale } from "./timeline-scale";

interface Props {
  person: Participant;
  scale: Scale;
  tabbable: boolean;
  shown: boolean;
  onShow: () => void;
  onHide: () => void;
  onFocus: () => void;
}

export function Lane({ person, scale, tabbable, shown, onShow, onHide, onFocus }: Props) {
  return (
    <li class={shown ? "lane shown" : "lane"} onMouseEnter={onShow}>
      <button
        type="button"
        class="track-row lane-button"
        tabIndex={tabbable ? 0 : -1}
        aria-expanded={shown}
        onFocus={onFocus}
        onBlur={onHide}
        onClick={onShow}
      >
        <span class="lane-name">
          <span class="lane-text">{person.name ?? t.meeting.unnamed}</span>
          {person.role === "moderator" && <span class="mod" title={t.meeting.moderator} />}
        </span>
        <span class="track">
          {person.segments.map((one) => (
            <Bar key={one.joined_at + (one.breakout ?? "")} segment={one} scale={scale} />
          ))}
        </span>
        <span class="lane-total">{duration(person.seconds)}</span>
        <span class="hidden">{t.units.visits(person.segments.length)}</span>
      </button>
      {shown && <Card person={person} scale={scale} />}
    </li>
  );
}

function Bar({ segment, scale }: { segment: Segment; scale: Scale }) {
  const from = scale.at(ms(segment.joined_at));
  const to = segment.left_at ? scale.at(ms(segment.left_at)) : 100;
  const kind = `span${segment.breakout ? " breakout" : ""}${segment.left_at ? "" : " open"}`;
  return <span class={kind} style={{ insetInlineStart: `${from}%`, width: `${to - from}%` }} />;
}

// A person on a bad line comes and goes; the card must not cover the page.
const LISTED_MAX = 10;

function Card({ person, scale }: { person: Participant; scale: Scale }) {
  const hidden = person.segments.length - LISTED_MAX;
  return (
    <div class="lane-card" role="status">
      <p class="lane-card-name">
        {person.name ?? t.meeting.unnamed}
        {person.role === "moderator" && <span class="muted"> · {t.meeting.moderator}</span>}
      </p>
      {person.email && <p class="muted">{person.email}</p>}
      <ul>
        {person.segments.slice(0, LISTED_MAX).map((one) => (
          <li key={one.joined_at + (one.breakout ?? "")}>
            <span class="num">
              {clock(one.joined_at)} – {one.left_at ? clock(one.left_at) : t.meeting.stillHere}
            </span>
            <span class="muted">
              {duration(secondsBetween(one.joined_at, one.left_at ?? scale.to))}
              {one.breakout && ` ${t.meeting.inBreakout(one.breakout)}`}
            </span>
          </li>
        ))}
      </ul>
      {hidden > 0 && <p class="muted">{t.meeting.moreVisits(hidden)}</p>}
    </div>
  );
}
