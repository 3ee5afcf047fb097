// One room: what it is set to, who is in it, and the meetings it had.
import { useState } from "preact/hooks";
import { api } from "../api";
import { Confirm } from "../components/confirm";
import { Empty } from "../components/empty";
import { Facts } from "../components/facts";
import { Icon } from "../components/icon";
import { Show } from "../components/loaded";
import { PageHead } from "../components/page";
import { Pager } from "../components/pager";
import { Time } from "../components/time";
import { useQuery } from "../query";
import { go, route, segment } from "../router";
import { t } from "../texts";
import { toast } from "../toast";
import type { Meeting, Page, Room } from "../types";
import { Knocks } from "./knocks";
import { MeetingTable } from "./meeting-table";
import { aboutMeetings, aboutRooms } from "./overview";
import { RoomForm } from "./room-form";
import { RoomLinks } from "./room-links";
import { retentionText } from "./room-retention";
import { RoomShare } from "./room-share";
import { recordingText, RoomNow } from "./rooms";

const LIMIT = 25;

export function RoomPage({ name }: { name: string }) {
  const [dialog, setDialog] = useState<"edit" | "delete" | "links" | null>(null);
  const close = () => setDialog(null);
  const room = useQuery(`rooms/${name}`, (signal) => api.get<Room>(`v1/rooms/${segment(name)}`, {}, signal), aboutRooms);
  const cursor = route.value.query.get("cursor") ?? undefined;
  const meetings = useQuery(
    `rooms/${name}/meetings/${cursor ?? ""}`,
    (signal) => api.get<Page<Meeting>>("v1/meetings", { room: name, limit: LIMIT, cursor }, signal),
    aboutMeetings,
  );
  const remove = async () => {
    await api.delete(`v1/rooms/${segment(name)}`);
    toast(t.rooms.deleted(name));
    go("#/rooms");
  };
  return (
    <Show from={room}>
      {(data) => (
        <>
          <PageHead title={data.name} back={<Back />} actions={<Actions open={setDialog} />} />
          <Knocks room={data.id} />
          <RoomFacts room={data} live={(meetings.data?.items ?? []).filter((meeting) => meeting.is_active)} />
          <RoomShare room={data} onEdit={() => setDialog("edit")} />
          <section aria-labelledby="meetings">
            <div class="section-head">
              <h2 id="meetings">{t.rooms.meetings}</h2>
            </div>
            <Show from={meetings}>
              {(page) =>
                page.items.length > 0 ? (
                  <>
                    <MeetingTable meetings={page.items} caption={t.rooms.meetings} busy={meetings.busy} />
                    <Pager next={page.next_cursor} />
                  </>
                ) : (
                  <Empty icon="meetings" title={t.rooms.noMeetings} />
                )
              }
            </Show>
          </section>
          {dialog === "edit" && <RoomForm room={data} onClose={close} />}
          {dialog === "links" && <RoomLinks room={name} onClose={close} onStarted={meetings.reload} />}
          {dialog === "delete" && (
            <Confirm
              title={t.rooms.deleteTitle(data.name)}
              text={t.rooms.deleteText}
              action={t.rooms.delete}
              onConfirm={remove}
              onClose={close}
            />
          )}
        </>
      )}
    </Show>
  );
}

function Back() {
  return (
    <a class="back" href="#/rooms">
      <Icon name="back" /> {t.rooms.title}
    </a>
  );
}

function Actions({ open }: { open: (dialog: "edit" | "delete" | "links") => void }) {
  return (
    <>
      <button type="button" class="button quiet" onClick={() => open("delete")}>
        <Icon name="trash" /> {t.rooms.delete}
      </button>
      <button type="button" class="button" onClick={() => open("edit")}>
        <Icon name="edit" /> {t.rooms.edit}
      </button>
      <button type="button" class="button primary" onClick={() => open("links")}>
        <Icon name="link" /> {t.rooms.start}
      </button>
    </>
  );
}

function RoomFacts({ room, live }: { room: Room; live: Meeting[] }) {
  return (
    <Facts
      facts={[
        [t.rooms.now, <RoomNow meetings={live} />],
        [t.rooms.platform, t.room.platforms[room.platform]],
        [t.rooms.recording, recordingText(room)],
        [t.retention.title, retentionText(room)],
        [t.rooms.access, room.is_locked ? t.room.locked : t.room.open],
        [t.rooms.createdAt, <Time at={room.created_at} />],
      ]}
    />
  );
}
