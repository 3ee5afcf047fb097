// Where a recording is kept besides its recorder's directory: the copies that are there, and how far the one has come that
// is being made.
import type { ComponentChildren } from "preact";
import { Facts } from "../components/facts";
import { Time } from "../components/time";
import { bytes } from "../format";
import { t } from "../texts";
import type { Recording } from "../types";

interface Copy {
  location: string;
  size_bytes: number;
  stored_at: string;
  source_goes_at: string | null;
  gone_at: string | null;
}

interface Copying {
  location: string;
  begun_at: string;
  done_bytes: number | null;
  size_bytes: number;
  problem: string | null;
}

/** A server whose storage is not set up tells of no copies. */
type Kept = Recording & { copies?: Copy[]; copying?: Copying | null };

const copyingOf = (recording: Recording): Copying | null => (recording as Kept).copying ?? null;

/** How far the copy has come, in a word or two; nothing where none is made. */
export function copied(recording: Recording): string | undefined {
  const copying = copyingOf(recording);
  if (!copying || copying.done_bytes === null || copying.size_bytes === 0) return undefined;
  return t.recordings.copies.percent(Math.floor((copying.done_bytes / copying.size_bytes) * 100));
}

export function RecordingCopies({ recording }: { recording: Recording }) {
  const words = t.recordings.copies;
  const { copies = [] } = recording as Kept;
  const copying = copyingOf(recording);
  if (copies.length === 0 && !copying) return null;
  return (
    <section aria-labelledby="copies">
      <div class="section-head">
        <h2 id="copies">{words.title}</h2>
      </div>
      {copying && <Progress copying={copying} />}
      {copies.map((copy) => (
        <Facts key={copy.location} facts={factsOf(copy)} />
      ))}
    </section>
  );
}

function factsOf(copy: Copy): [string, ComponentChildren][] {
  const words = t.recordings.copies;
  const facts: [string, ComponentChildren][] = [
    [words.location, <code class="wrap">{copy.location}</code>],
    [t.recordings.size, bytes(copy.size_bytes)],
    [words.stored, <Time at={copy.stored_at} />],
  ];
  if (copy.source_goes_at) facts.push([words.sourceGoes, <Time at={copy.source_goes_at} />]);
  if (copy.gone_at) facts.push([words.gone, <Time at={copy.gone_at} />]);
  return facts;
}

function Progress({ copying }: { copying: Copying }) {
  const words = t.recordings.copies;
  const done = copying.done_bytes ?? 0;
  return (
    <div class="card copying">
      <p>
        {words.copying} <code class="wrap">{copying.location}</code>
      </p>
      <progress aria-label={words.copying} max={copying.size_bytes} value={done} />
      <p class="muted">{copying.problem ?? words.done(bytes(done), bytes(copying.size_bytes))}</p>
    </div>
  );
}
