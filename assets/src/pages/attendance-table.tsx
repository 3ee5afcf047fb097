// The attendance as a table: the twin of the time line, for those who read rather than look.
import { Badge } from "../components/badge";
import { type Column, Table } from "../components/table";
import { Time } from "../components/time";
import { duration, number } from "../format";
import { t } from "../texts";
import type { Participant } from "../types";

const minutesFormat = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 });

const COLUMNS: Column<Participant>[] = [
  {
    name: "name",
    label: t.meeting.name,
    head: true,
    cell: (person) => (
      <>
        {person.name ?? t.meeting.unnamed} {person.role === "moderator" && <Badge tone="quiet">{t.meeting.moderator}</Badge>}
        {person.email && <span class="sub">{person.email}</span>}
      </>
    ),
  },
  { name: "joined", label: t.meeting.joined, cell: (person) => <Time at={person.first_joined} kind="time" /> },
  {
    name: "left",
    label: t.meeting.left,
    cell: (person) =>
      person.is_present || !person.last_left ? (
        <Badge tone="live">{t.meeting.stillHere}</Badge>
      ) : (
        <Time at={person.last_left} kind="time" />
      ),
  },
  { name: "visits", label: t.meeting.visits, numeric: true, cell: (person) => number(person.segments.length) },
  { name: "time", label: t.meeting.total, numeric: true, cell: (person) => duration(person.seconds) },
  { name: "minutes", label: t.meeting.minutes, numeric: true, cell: (person) => minutesFormat.format(person.minutes) },
];

export function AttendanceTable({ people }: { people: Participant[] }) {
  return (
    <Table
      caption={t.meeting.attendance}
      columns={COLUMNS}
      rows={people}
      id={(person) => `${person.user_id ?? ""} ${person.name} ${person.first_joined}`}
    />
  );
}
