// Recordings in a table: the same in the list of all and at their meeting.
import type { ComponentChildren } from "preact";
import { Badge, type Tone } from "../components/badge";
import { type Column, Table } from "../components/table";
import { Time } from "../components/time";
import { bytes, playTime } from "../format";
import { href, segment } from "../router";
import { t } from "../texts";
import type { LogEvent, Recording } from "../types";
import { copied } from "./recording-copies";
import { Thumb } from "./recording-poster";

const TONES: Record<string, Tone> = {
  recording: "live",
  growing: "accent",
  ready: "good",
  uploading: "accent",
  stored: "good",
  truncated: "warn",
  missing: "bad",
  trashed: "quiet",
  deleted: "quiet",
};

export const aboutRecordings = (event: LogEvent) => event.type.startsWith("recording.");

/** What a person would call it. */
export function recordingName(recording: Recording): string {
  return recording.title ?? recording.room ?? recording.room_name ?? recording.file?.path ?? recording.session_id ?? recording.id;
}

export function RecordingBadge({ recording }: { recording: Recording }) {
  return (
    <Badge tone={TONES[recording.state] ?? "quiet"} title={recording.explanation}>
      {t.recordings.states[recording.state] ?? recording.state}
    </Badge>
  );
}

const COLUMNS: Column<Recording>[] = [
  {
    name: "name",
    label: t.recordings.name,
    head: true,
    cell: (one) => (
      <a class="row-link with-thumb" href={href(`recordings/${segment(one.id)}`)}>
        <Thumb recording={one} />
        <span>{recordingName(one)}</span>
      </a>
    ),
  },
  {
    name: "state",
    label: t.recordings.state,
    cell: (one) => (
      <div>
        <span class="inline">
          <RecordingBadge recording={one} />
          {one.hold && (
            <Badge tone="accent" title={t.recordings.holdHint}>
              {t.recordings.hold}
            </Badge>
          )}
        </span>
        <Why recording={one} />
      </div>
    ),
  },
  { name: "began", label: t.recordings.began, cell: (one) => <Time at={one.started_at} /> },
  { name: "length", label: t.recordings.length, numeric: true, cell: (one) => <Length recording={one} /> },
  { name: "size", label: t.recordings.size, numeric: true, cell: (one) => (one.file ? bytes(one.file.size_bytes) : "–") },
  {
    name: "meeting",
    label: t.recordings.meeting,
    minor: true,
    cell: (one) =>
      one.meeting_id ? (
        <a href={href(`meetings/${segment(one.meeting_id)}`)}>{one.room ?? one.room_name ?? t.recordings.meeting}</a>
      ) : (
        <span class="muted">{t.recordings.unmatched}</span>
      ),
  },
];

interface Props {
  recordings: Recording[];
  caption: string;
  busy?: boolean;
  /** What can be done with each. */
  actions?: ((recording: Recording) => ComponentChildren) | undefined;
}

export function RecordingTable({ recordings, caption, busy, actions }: Props) {
  const columns = actions ? [...COLUMNS, { name: "actions", label: t.common.actions, actions: true, cell: actions }] : COLUMNS;
  return <Table caption={caption} columns={columns} rows={recordings} id={(one) => one.id} busy={busy ?? false} />;
}

/** Short, below the state: how far a copy has come, or why it stands there. */
function Why({ recording }: { recording: Recording }) {
  const text = copied(recording) ?? t.recordings.reasons[recording.reason];
  return text ? <span class="sub">{text}</span> : null;
}

export function Length({ recording }: { recording: Recording }) {
  const seconds = recording.file?.duration_seconds;
  return seconds ? <>{playTime(seconds)}</> : <span class="muted">–</span>;
}
