// Meetings in a table: the same on the overview, in a room, and in the list of all.
import { Badge } from "../components/badge";
import { type Column, Table } from "../components/table";
import { Since, Time } from "../components/time";
import { duration, number } from "../format";
import { href, segment } from "../router";
import { t } from "../texts";
import type { Meeting } from "../types";

export function MeetingState({ meeting }: { meeting: Meeting }) {
  if (meeting.is_active && meeting.num_clients > 0) {
    return (
      <Badge tone="live">
        {t.meetings.live} · {t.units.people(meeting.num_clients)}
      </Badge>
    );
  }
  if (meeting.is_active) {
    return (
      <Badge tone="accent" title={t.meetings.openHint}>
        {t.meetings.open}
      </Badge>
    );
  }
  return <Badge tone="quiet">{meeting.started_at ? t.meetings.ended : t.meetings.notJoined}</Badge>;
}

export function MeetingName({ meeting }: { meeting: Meeting }) {
  return (
    <>
      <a class="row-link" href={href(`meetings/${segment(meeting.id)}`)}>
        {meeting.room ?? meeting.room_name}
      </a>
      {meeting.ad_hoc && (
        <Badge tone="warn" title={t.meetings.adHocHint}>
          {t.meetings.adHoc}
        </Badge>
      )}
    </>
  );
}

export function MeetingDuration({ meeting }: { meeting: Meeting }) {
  if (meeting.is_active && meeting.started_at) return <Since at={meeting.started_at} />;
  if (!meeting.duration_seconds) return <span class="muted">–</span>;
  return <>{duration(meeting.duration_seconds)}</>;
}

const COLUMNS: Column<Meeting>[] = [
  { name: "name", label: t.meetings.name, head: true, cell: (meeting) => <MeetingName meeting={meeting} /> },
  { name: "state", label: t.meetings.state, cell: (meeting) => <MeetingState meeting={meeting} /> },
  { name: "when", label: t.meetings.when, cell: (meeting) => <Time at={meeting.started_at ?? meeting.created_at} /> },
  { name: "duration", label: t.meetings.duration, numeric: true, cell: (meeting) => <MeetingDuration meeting={meeting} /> },
  { name: "peak", label: t.meetings.peak, numeric: true, cell: (meeting) => number(meeting.peak_participants) },
];

export function MeetingTable({ meetings, caption, busy }: { meetings: Meeting[]; caption: string; busy?: boolean }) {
  return <Table caption={caption} columns={COLUMNS} rows={meetings} id={(meeting) => meeting.id} busy={busy ?? false} />;
}
