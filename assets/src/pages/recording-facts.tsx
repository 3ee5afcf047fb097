// What is known of a recording, and of its file.
import type { ComponentChildren } from "preact";
import { Facts } from "../components/facts";
import { Time } from "../components/time";
import { bytes } from "../format";
import { href, segment } from "../router";
import { t } from "../texts";
import type { Recording } from "../types";
import { Length } from "./recording-table";

export function RecordingFacts({ recording }: { recording: Recording }) {
  const words = t.recordings.facts;
  const { file } = recording;
  const facts: [string, ComponentChildren][] = [
    [t.recordings.began, <Time at={recording.started_at} />],
    [t.recordings.length, <Length recording={recording} />],
    [words.meeting, <MeetingFact recording={recording} />],
  ];
  if (recording.initiator) facts.push([words.startedBy, <span class="wrap">{recording.initiator}</span>]);
  if (file) facts.push([t.recordings.size, bytes(file.size_bytes)], [words.container, <Format file={file} />]);
  if (recording.repaired_from) {
    const original = <a href={href(`recordings/${segment(recording.repaired_from)}`)}>{words.original}</a>;
    facts.push([words.repairedFrom, original]);
  }
  if (recording.session_id) facts.push([words.session, <code class="wrap">{recording.session_id}</code>]);
  if (recording.expires_at) facts.push([words.expires, <Expires recording={recording} />]);
  if (recording.trashed_at) facts.push([words.trashed, <Trashed at={recording.trashed_at} by={recording.trashed_by} />]);
  if (recording.deleted_at) facts.push([words.deleted, <Time at={recording.deleted_at} />]);
  return (
    <>
      <Facts facts={facts} />
      {file && (
        <dl class="card recording-file">
          <dt>{words.file}</dt>
          <dd>
            <code class="wrap">
              {file.directory}/{file.path}
            </code>
          </dd>
          <dt>{words.sha256}</dt>
          <dd>{recording.sha256 ? <code class="wrap">{recording.sha256}</code> : <span class="muted">{words.notSummed}</span>}</dd>
        </dl>
      )}
    </>
  );
}

function MeetingFact({ recording }: { recording: Recording }) {
  if (!recording.meeting_id) return <span class="muted">{t.recordings.unmatched}</span>;
  const by = recording.matched_by && t.recordings.facts.matched[recording.matched_by];
  return (
    <>
      <a href={href(`meetings/${segment(recording.meeting_id)}`)}>{recording.room ?? recording.room_name ?? t.recordings.meeting}</a>
      {by && <span class="sub">{by}</span>}
    </>
  );
}

function Format({ file }: { file: NonNullable<Recording["file"]> }) {
  const tracks = file.tracks.map((track) => (track.width ? `${track.codec} ${track.width}×${track.height}` : track.codec)).join(", ");
  return (
    <>
      {file.container}
      {file.is_fragmented && ` (${t.recordings.facts.fragmented})`}
      {tracks && <span class="sub">{tracks}</span>}
    </>
  );
}

function Expires({ recording: { expires_at: at, expiry } }: { recording: Recording }) {
  return (
    <>
      {at && <Time at={at} />}
      {expiry && <span class="sub">{expiry.explanation}</span>}
    </>
  );
}

function Trashed({ at, by }: { at: string; by: string | null }) {
  return (
    <>
      <Time at={at} />
      {by && <span class="sub">{t.recordings.facts.trashedBy(by)}</span>}
    </>
  );
}
