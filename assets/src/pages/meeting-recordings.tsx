// What was recorded of a meeting: its recordings, and, as long as none of them is known, what its events tell of them.
import { api } from "../api";
import { Badge, type Tone } from "../components/badge";
import { Icon } from "../components/icon";
import { type Column, Table } from "../components/table";
import { Time } from "../components/time";
import { useQuery } from "../query";
import { t } from "../texts";
import type { MeetingDetail, MeetingRecording, Page, Recording } from "../types";
import { aboutRecordings, RecordingTable } from "./recording-table";

const LIMIT = 200;

const TONES: Record<MeetingRecording["status"], Tone> = { recording: "bad", stopped: "warn", completed: "good" };

const COLUMNS: Column<MeetingRecording>[] = [
  {
    name: "file",
    label: t.meeting.file,
    head: true,
    cell: (one) => (one.file ? <code class="wrap">{one.file}</code> : <span class="muted">{one.recording_id ?? t.meeting.noFile}</span>),
  },
  {
    name: "state",
    label: t.meeting.state,
    cell: (one) => <Badge tone={TONES[one.status] ?? "quiet"}>{t.meeting.recordingStates[one.status] ?? one.status}</Badge>,
  },
  { name: "from", label: t.meeting.from, cell: (one) => (one.started_at ? <Time at={one.started_at} kind="time" /> : "–") },
  { name: "to", label: t.meeting.to, cell: (one) => (one.ended_at ? <Time at={one.ended_at} kind="time" /> : "–") },
  { name: "by", label: t.meeting.by, cell: (one) => <span class="wrap">{one.initiator ?? "–"}</span> },
];

export function MeetingRecordings({ meeting }: { meeting: MeetingDetail }) {
  const { id, recordings: told, recording_problem: problem } = meeting;
  const known = useQuery(
    `recordings/of/${id}`,
    (signal) => api.get<Page<Recording>>("v1/recordings", { meeting: id, limit: LIMIT }, signal),
    aboutRecordings,
  );
  const recordings = known.data?.items ?? [];
  return (
    <section aria-labelledby="recordings">
      <div class="section-head">
        <h2 id="recordings">{t.meeting.recordings}</h2>
      </div>
      {problem && (
        <div class="note bad" role="alert">
          <Icon name="warning" />
          <p>
            {problem.intent === "start" ? t.meeting.notStarted(problem.tries) : t.meeting.notStopped(problem.tries)} {problem.detail}
          </p>
        </div>
      )}
      {recordings.length > 0 && <RecordingTable recordings={recordings} caption={t.meeting.recordings} />}
      {recordings.length === 0 && told.length > 0 && (
        <Table
          caption={t.meeting.recordings}
          columns={COLUMNS}
          rows={told}
          id={(one) => one.recording_id ?? one.file ?? one.started_at ?? ""}
        />
      )}
      {recordings.length === 0 && told.length === 0 && <p class="muted">{t.meeting.noRecordings}</p>}
    </section>
  );
}
