// Starting a meeting and handing out the ways into it.
import { useEffect, useState } from "preact/hooks";
import { api, asProblem, type Problem } from "../api";
import { CopyLine } from "../components/copy";
import { Dialog } from "../components/dialog";
import { ProblemNote } from "../components/problem";
import { href, segment } from "../router";
import { t } from "../texts";
import type { MeetingLinks } from "../types";
import { PersonLink } from "./person-link";

interface Props {
  room: string;
  onClose: () => void;
  onStarted?: () => void;
}

export function RoomLinks({ room, onClose, onStarted }: Props) {
  const [meeting, setMeeting] = useState<MeetingLinks | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    setProblem(null);
    api.post<MeetingLinks>(`v1/rooms/${segment(room)}/meeting`).then(
      (links) => {
        setMeeting(links);
        onStarted?.();
      },
      (error: unknown) => setProblem(asProblem(error)),
    );
  }, [room, turn]);
  return (
    <Dialog title={t.links.title(room)} wide onClose={onClose}>
      {problem && <ProblemNote problem={problem} onRetry={() => setTurn(turn + 1)} />}
      {!meeting && !problem && <p role="status">{t.common.working}</p>}
      {meeting && <Links meeting={meeting} onClose={onClose} />}
    </Dialog>
  );
}

function Links({ meeting, onClose }: { meeting: MeetingLinks; onClose: () => void }) {
  return (
    <div class="links">
      <p role="status">{meeting.num_clients > 0 ? t.links.again : t.links.fresh}</p>
      <CopyLine label={t.links.guest} hint={t.links.guestHint} value={meeting.room_url} link />
      {meeting.host_room_url && <CopyLine label={t.links.host} hint={t.links.hostHint} value={meeting.host_room_url} link />}
      <PersonLink meeting={meeting.id} />
      <div class="form-end">
        <a class="button" href={href(`meetings/${segment(meeting.id)}`)} onClick={onClose}>
          {t.links.toMeeting}
        </a>
      </div>
    </div>
  );
}
