// All rooms: find one, make one, start a meeting in one.
import { useState } from "preact/hooks";
import { api } from "../api";
import { Badge } from "../components/badge";
import { Empty } from "../components/empty";
import { Icon } from "../components/icon";
import { Show } from "../components/loaded";
import { PageHead } from "../components/page";
import { Pager } from "../components/pager";
import { type Column, Table } from "../components/table";
import { Time } from "../components/time";
import { useQuery } from "../query";
import { href, route, segment } from "../router";
import { t } from "../texts";
import type { Meeting, Page, Room } from "../types";
import { aboutMeetings, aboutRooms } from "./overview";
import { RoomForm } from "./room-form";
import { RoomLinks } from "./room-links";
import { RoomSearch } from "./room-search";

const LIMIT = 50;
const LIVE_MAX = 200;

export function recordingText(room: Room | Meeting): string {
  if (room.recording_type === "none") return t.room.recordingTypes.none;
  return `${t.room.recordingTypes[room.recording_type]}, ${t.room.recordingTriggers[room.recording_trigger].toLowerCase()}`;
}

/** Whether somebody is in a room: its fullest active meeting says so. */
export function RoomNow({ meetings }: { meetings: Meeting[] }) {
  const people = meetings.reduce((sum, meeting) => sum + meeting.num_clients, 0);
  if (people > 0) return <Badge tone="live">{t.rooms.live(people)}</Badge>;
  if (meetings.length > 0) {
    return (
      <Badge tone="accent" title={t.rooms.startedHint}>
        {t.rooms.started}
      </Badge>
    );
  }
  return <span class="muted">{t.rooms.idle}</span>;
}

function columns(live: Meeting[], start: (room: Room) => void): Column<Room>[] {
  const action = (room: Room) => (live.some((m) => m.room_id === room.id) ? t.rooms.links : t.rooms.startShort);
  return [
    {
      name: "name",
      label: t.rooms.name,
      head: true,
      cell: (room) => (
        <a class="row-link" href={href(`rooms/${segment(room.name)}`)}>
          {room.name}
        </a>
      ),
    },
    { name: "now", label: t.rooms.now, cell: (room) => <RoomNow meetings={live.filter((m) => m.room_id === room.id)} /> },
    { name: "platform", label: t.rooms.platform, minor: true, cell: (room) => t.room.platforms[room.platform] },
    { name: "recording", label: t.rooms.recording, cell: (room) => <span title={recordingText(room)}>{t.room.recordingShort[room.recording_type]}</span> },
    { name: "access", label: t.rooms.access, minor: true, cell: (room) => (room.is_locked ? t.room.locked : t.room.open) },
    { name: "changed", label: t.rooms.changed, minor: true, cell: (room) => <Time at={room.updated_at} kind="ago" /> },
    {
      name: "actions",
      label: t.common.actions,
      actions: true,
      cell: (room) => (
        <button type="button" class="button small" aria-label={`${action(room)}: ${room.name}`} onClick={() => start(room)}>
          <Icon name="link" /> {action(room)}
        </button>
      ),
    },
  ];
}

export function Rooms() {
  const { query } = route.value;
  const q = query.get("q") ?? "";
  const cursor = query.get("cursor") ?? undefined;
  const [creating, setCreating] = useState(false);
  const [started, setStarted] = useState<Room | null>(null);
  const rooms = useQuery(
    `rooms?${query}`,
    (signal) => api.get<Page<Room>>("v1/rooms", { q, cursor, limit: LIMIT }, signal),
    aboutRooms,
  );
  const live = useQuery(
    "rooms/live",
    (signal) => api.get<Page<Meeting>>("v1/meetings", { active: true, limit: LIVE_MAX }, signal),
    aboutMeetings,
  );
  const create = (
    <button type="button" class="button primary" onClick={() => setCreating(true)}>
      <Icon name="plus" /> {t.rooms.create}
    </button>
  );
  return (
    <>
      <PageHead title={t.rooms.title} actions={create} />
      <Show from={rooms} lines={8}>
        {(page) => (
          <>
            {(page.items.length > 0 || q) && <RoomSearch q={q} />}
            {page.items.length > 0 && (
              <Table
                caption={t.rooms.title}
                columns={columns(live.data?.items ?? [], setStarted)}
                rows={page.items}
                id={(room) => room.id}
                busy={rooms.busy}
              />
            )}
            {page.items.length === 0 && q && <Empty icon="search" title={t.rooms.noMatch(q)} />}
            {page.items.length === 0 && !q && (
              <Empty icon="rooms" title={t.rooms.emptyTitle} text={t.rooms.empty}>
                <button type="button" class="button" onClick={() => setCreating(true)}>
                  {t.rooms.create}
                </button>
              </Empty>
            )}
            <Pager next={page.next_cursor} />
          </>
        )}
      </Show>
      {creating && <RoomForm onClose={() => setCreating(false)} />}
      {started && <RoomLinks room={started.name} onClose={() => setStarted(null)} />}
    </>
  );
}
