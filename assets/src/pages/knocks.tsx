// Those who wait at the door of a room: a host lets them in or turns them away. Nothing is shown while nobody waits.
import { useState } from "preact/hooks";
import { api, asProblem } from "../api";
import { Icon } from "../components/icon";
import { Time } from "../components/time";
import { useQuery, useReloadEvery } from "../query";
import { href, segment } from "../router";
import { t } from "../texts";
import { toast } from "../toast";
import type { Knock, KnockList, LogEvent } from "../types";

// That somebody closed their page is no event: while somebody waits, it is asked now and then.
const LOOK_AGAIN_MS = 20_000;

const aboutDoors = (event: LogEvent) => /^(guest|room|meeting)\./.test(event.type);

/** Of one room, or with the rooms' names of all. */
export function Knocks({ room }: { room?: string | undefined }) {
  const path = room ? `v1/rooms/${segment(room)}/knocks` : "v1/knocks";
  const knocks = useQuery(path, (signal) => api.get<KnockList>(path, {}, signal), aboutDoors);
  const items = knocks.data?.items ?? [];
  useReloadEvery(items.length > 0 ? LOOK_AGAIN_MS : 0, knocks);
  return (
    <div aria-live="polite">
      {items.length > 0 && (
        <section class="card knocks" aria-labelledby="knocks">
          <h2 id="knocks">{t.knocks.title(items.length)}</h2>
          <ul class="lines">
            {items.map((knock) => (
              <Waiting key={knock.id} knock={knock} withRoom={!room} onAnswered={knocks.reload} />
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function Waiting({ knock, withRoom, onAnswered }: { knock: Knock; withRoom: boolean; onAnswered: () => void }) {
  const [busy, setBusy] = useState(false);
  const answer = async (how: "admit" | "refuse") => {
    if (busy) return;
    setBusy(true);
    try {
      await api.post(`v1/rooms/${segment(knock.room_id)}/knocks/${segment(knock.id)}/${how}`);
      toast(how === "admit" ? t.knocks.admitted(knock.name) : t.knocks.refused(knock.name));
    } catch (error) {
      const problem = asProblem(error);
      toast(problem.status === 404 ? t.knocks.gone(knock.name) : problem.message, "bad");
    } finally {
      setBusy(false);
      onAnswered();
    }
  };
  return (
    <li>
      <span class="wrap">
        <strong>{knock.name}</strong>
        <span class="sub">
          {t.knocks.states[knock.state] ?? knock.state}
          {withRoom && (
            <>
              {" "}
              <a href={href(`rooms/${segment(knock.room)}`)}>{knock.room}</a>
            </>
          )}
          , <Time at={knock.knocked_at} kind="ago" />
        </span>
      </span>
      <span class="knock-answers">
        {knock.state === "locked" && (
          <button type="button" class="button small primary" aria-label={`${t.knocks.admit}: ${knock.name}`} aria-disabled={busy} onClick={() => answer("admit")}>
            <Icon name="check" /> {t.knocks.admit}
          </button>
        )}
        <button type="button" class="button small" aria-label={`${t.knocks.refuse}: ${knock.name}`} aria-disabled={busy} onClick={() => answer("refuse")}>
          {t.knocks.refuse}
        </button>
      </span>
    </li>
  );
}
