// What changes for a room whose next meetings are to be held somewhere else: the server says so while somebody chooses.
import { api } from "../api";
import { Icon } from "../components/icon";
import { ProblemNote } from "../components/problem";
import { useQuery } from "../query";
import { segment } from "../router";
import { t } from "../texts";
import type { Migration, Room } from "../types";

export function RoomMigration({ room, platform }: { room: Room; platform: Room["platform"] }) {
  const { data, problem } = useQuery(`rooms/${room.id}/migrate/${platform}`, () =>
    api.post<Migration>(`v1/rooms/${segment(room.id)}/migrate`, { platform, dry_run: true }),
  );
  if (problem) return <ProblemNote problem={problem} />;
  if (data?.room.platform !== platform) return null;
  return (
    <div class="note" role="status">
      <Icon name="warning" />
      <div>
        <p class="note-title">{t.room.migration(t.room.platforms[platform])}</p>
        <ul>
          {data.changes.map(({ detail }) => (
            <li key={detail}>{detail}</li>
          ))}
        </ul>
      </div>
    </div>
  );
}
