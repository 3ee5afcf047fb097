// What a newcomer needs, in order: a room, a connected Jitsi, a meeting.
import { useState } from "preact/hooks";
import { apiUrl } from "../api";
import { CodeBlock } from "../components/copy";
import { Badge } from "../components/badge";
import { href, segment } from "../router";
import { t } from "../texts";
import type { Room } from "../types";
import { RoomForm } from "./room-form";
import { RoomLinks } from "./room-links";

const curl = () => `curl -X POST "${apiUrl("v1/rooms")}" \\
  -H "Content-Type: application/json" \\
  -H "Authorization: Bearer $AUTH_TOKEN" \\
  -d '{"name": "my-jitsi-room", "platform": "jitsi"}'`;

const SETTINGS = `JITSI_DOMAIN=meet.example.com
JITSI_JWT_SECRET=…      # the app_secret of your Prosody
JITSI_WEBHOOK_SECRET=…  # make one: openssl rand -hex 16`;

const prosody = () => `event_sync_url = "${apiUrl("v1/jitsi/events")}"
event_sync_secret = "…"  -- the same as JITSI_WEBHOOK_SECRET`;

export function FirstSteps({ room }: { room: Room | undefined }) {
  const [dialog, setDialog] = useState<"room" | "links" | null>(null);
  const close = () => setDialog(null);
  return (
    <section class="card first-steps" aria-labelledby="steps">
      <h2 id="steps">{t.overview.stepsTitle}</h2>
      <ol class="steps">
        <li class={room ? "done" : ""}>
          <h3>
            {t.overview.step1} {room && <Badge tone="good">{t.overview.stepsDone}</Badge>}
          </h3>
          {room ? (
            <p>
              <a href={href(`rooms/${segment(room.name)}`)}>{room.name}</a>
            </p>
          ) : (
            <CreateStep onCreate={() => setDialog("room")} />
          )}
        </li>
        <li>
          <h3>{t.overview.step2}</h3>
          <p>{t.overview.step2Text}</p>
          <CodeBlock code={SETTINGS} what={t.overview.step2} />
          <p>{t.overview.step2Events}</p>
          <CodeBlock code={prosody()} what={t.overview.step2Events} />
          <p>
            {t.overview.step2Check} <a href={apiUrl("v1/jitsi/health")}>/v1/jitsi/health</a>
          </p>
        </li>
        <li>
          <h3>{t.overview.step3}</h3>
          <p>{t.overview.step3Text}</p>
          {room && (
            <button type="button" class="button primary" onClick={() => setDialog("links")}>
              {t.rooms.start}
            </button>
          )}
        </li>
      </ol>
      {dialog === "room" && <RoomForm onClose={close} />}
      {dialog === "links" && room && <RoomLinks room={room.name} onClose={close} />}
    </section>
  );
}

function CreateStep({ onCreate }: { onCreate: () => void }) {
  return (
    <>
      <p>{t.overview.step1Text}</p>
      <p>
        <button type="button" class="button primary" onClick={onCreate}>
          {t.overview.step1Action}
        </button>
      </p>
      <p>
        {t.overview.step1Curl} <a href="#/tokens">{t.overview.makeToken}</a>
      </p>
      <CodeBlock code={curl()} what={t.overview.step1Curl} />
    </>
  );
}
