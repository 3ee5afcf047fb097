// The two links of a room that stay: the one for guests, and the one by which a host comes in.
import { useState } from "preact/hooks";
import { api, asProblem } from "../api";
import { Confirm } from "../components/confirm";
import { CopyLine } from "../components/copy";
import { Icon } from "../components/icon";
import { Time } from "../components/time";
import { useQuery } from "../query";
import { segment } from "../router";
import { t } from "../texts";
import { toast } from "../toast";
import type { HostLink, NewHostLink, Room } from "../types";

export function RoomShare({ room, onEdit }: { room: Room; onEdit: () => void }) {
  return (
    <section aria-labelledby="share">
      <div class="section-head">
        <h2 id="share">{t.share.title}</h2>
      </div>
      <div class="card share">
        {room.guest_url ? (
          <CopyLine label={t.share.guest} hint={guestHint(room)} value={room.guest_url} link />
        ) : (
          <div class="inline">
            <span class="muted">{t.share.off}</span>
            <button type="button" class="button small" onClick={onEdit}>
              <Icon name="edit" /> {t.share.turnOn}
            </button>
          </div>
        )}
        <HostLinkLine room={room} />
      </div>
    </section>
  );
}

/** What happens to who opens the link, by the room's rules. */
function guestHint(room: Room): string {
  const start = room.guest_start === "anyone" ? t.share.anyone : t.share.afterHost;
  return `${room.is_locked ? t.share.knock : start} ${room.recording_consent ? t.share.consent : ""}`.trim();
}

function HostLinkLine({ room }: { room: Room }) {
  const path = `v1/rooms/${segment(room.id)}/host-link`;
  const link = useQuery(path, (signal) => api.get<HostLink>(path, {}, signal));
  const [made, setMade] = useState<NewHostLink | null>(null);
  const [asking, setAsking] = useState<"make" | "revoke" | null>(null);
  const since = link.data?.created_at;
  const make = async () => {
    setMade(await api.post<NewHostLink>(path));
    link.reload();
  };
  const revoke = async () => {
    await api.delete(path);
    setMade(null);
    link.reload();
    toast(t.share.revoked);
  };
  const makeFirst = () => make().catch((error: unknown) => toast(asProblem(error).message, "bad"));
  return (
    <div class="field">
      {made ? (
        <CopyLine label={t.share.host} hint={t.share.hostShown} value={made.url} link />
      ) : (
        <>
          <span class="share-label">{t.share.host}</span>
          <p class="hint">{t.share.hostHint}</p>
        </>
      )}
      <div class="inline">
        {since && (
          <span class="muted">
            {t.share.madeAt} <Time at={since} />
          </span>
        )}
        <button type="button" class="button small" onClick={since ? () => setAsking("make") : makeFirst}>
          <Icon name="link" /> {since ? t.share.remake : t.share.make}
        </button>
        {since && (
          <button type="button" class="button small quiet" onClick={() => setAsking("revoke")}>
            <Icon name="trash" /> {t.share.revoke}
          </button>
        )}
      </div>
      {asking === "make" && (
        <Confirm title={t.share.remakeTitle} text={t.share.remakeText} action={t.share.remake} onConfirm={make} onClose={() => setAsking(null)} />
      )}
      {asking === "revoke" && (
        <Confirm title={t.share.revokeTitle} text={t.share.revokeText} action={t.share.revoke} onConfirm={revoke} onClose={() => setAsking(null)} />
      )}
    </div>
  );
}
