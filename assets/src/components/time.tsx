// Moments and spans: local time to read, UTC on hover and for machines.
import { dateTime, duration, relative, secondsBetween, timeOfDay, utc } from "../format";
import { now } from "../now";
import { t } from "../texts";

const KINDS = {
  full: dateTime,
  time: timeOfDay,
  ago: (iso: string) => relative(iso, now.value),
};

export function Time({ at, kind = "full" }: { at: string | null; kind?: keyof typeof KINDS }) {
  if (!at) return <span class="muted">{t.common.never}</span>;
  // The relative form hides the moment, so its title has both.
  const title = kind === "ago" ? `${dateTime(at)} (${utc(at)})` : utc(at);
  return (
    <time dateTime={at} title={title}>
      {KINDS[kind](at)}
    </time>
  );
}

/** How long from a moment until now; goes on counting. */
export function Since({ at }: { at: string }) {
  return <>{duration(secondsBetween(at, now.value))}</>;
}
