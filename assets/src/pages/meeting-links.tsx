// The ways into one meeting. The room hands out links to its current meeting; where that is another one, or there is
// no room, a link for one person still leads into this one.
import { useEffect, useState } from "preact/hooks";
import { api, asProblem, type Problem } from "../api";
import { CopyLine } from "../components/copy";
import { Dialog } from "../components/dialog";
import { ProblemNote } from "../components/problem";
import { segment } from "../router";
import { t } from "../texts";
import type { Meeting, MeetingLinks } from "../types";
import { PersonLink } from "./person-link";

export function MeetingLinksDialog({ meeting, onClose }: { meeting: Meeting; onClose: () => void }) {
  const [links, setLinks] = useState<MeetingLinks | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    if (!meeting.room) return;
    api.post<MeetingLinks>(`v1/rooms/${segment(meeting.room)}/meeting`).then(
      (made) => made.id === meeting.id && setLinks(made),
      (error: unknown) => setProblem(asProblem(error)),
    );
  }, [meeting.id]);
  return (
    <Dialog title={t.links.title(meeting.room ?? meeting.room_name)} wide onClose={onClose}>
      <div class="links">
        {problem && <ProblemNote problem={problem} />}
        {links && (
          <>
            <CopyLine label={t.links.guest} hint={t.links.guestHint} value={links.room_url} link />
            {links.host_room_url && <CopyLine label={t.links.host} hint={t.links.hostHint} value={links.host_room_url} link />}
          </>
        )}
        <PersonLink meeting={meeting.id} />
      </div>
    </Dialog>
  );
}
