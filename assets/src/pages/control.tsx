// What can be done in a meeting while it goes on, where Reflector's module in Prosody is there to do it.
import { useState } from "preact/hooks";
import { api, asProblem } from "../api";
import { Icon, type IconName } from "../components/icon";
import { useQuery } from "../query";
import { href, segment } from "../router";
import { t } from "../texts";
import { toast } from "../toast";
import type { MeetingDetail, Participant, ProsodyModules } from "../types";
import { ControlDialog, type Question } from "./control-dialogs";

/** Does one thing in the meeting, and says what came of it. */
type Act = (path: string, body: object | undefined, done: string) => Promise<void>;

export function Control({ meeting }: { meeting: MeetingDetail }) {
  const modules = useQuery("jitsi/modules", (signal) => api.get<ProsodyModules>("v1/jitsi/modules", {}, signal));
  if (!modules.data) return null;
  return (
    <section aria-labelledby="control">
      <div class="section-head">
        <h2 id="control">{t.control.title}</h2>
      </div>
      {modules.data.items.some((module) => module.is_connected) ? (
        <Panel meeting={meeting} />
      ) : (
        <p class="muted">
          {t.control.away} <a href={href("jitsi")}>{t.control.awayLink}</a>
        </p>
      )}
    </section>
  );
}

function Panel({ meeting }: { meeting: MeetingDetail }) {
  const [question, setQuestion] = useState<Question | null>(null);
  const [busy, setBusy] = useState(false);
  const send: Act = async (path, body, done) => {
    await api.post(`v1/meetings/${segment(meeting.id)}/${path}`, body);
    toast(done);
  };
  const now: Act = async (...what) => {
    if (busy) return;
    setBusy(true);
    await send(...what).catch((error: unknown) => toast(asProblem(error).message, "bad"));
    setBusy(false);
  };
  const present = meeting.participants.filter((person) => person.occupants.length > 0);
  return (
    <div class="card control">
      <div class="inline">
        <RecordingButton meeting={meeting} busy={busy} act={now} />
        <Ask icon="notice" label={t.control.notice} onAsk={() => setQuestion({ kind: "notice" })} />
        <Ask icon="edit" label={t.control.subject} onAsk={() => setQuestion({ kind: "subject" })} />
        <Ask icon="lock" label={t.control.password} onAsk={() => setQuestion({ kind: "password" })} />
        <Ask icon="rooms" label={t.control.lobby} onAsk={() => setQuestion({ kind: "lobby" })} />
      </div>
      {present.length > 0 && (
        <ul class="lines" aria-label={t.control.people}>
          {present.map((person) => (
            <Present
              key={person.occupants.join(" ")}
              person={person}
              busy={busy}
              act={now}
              onRemove={() => setQuestion({ kind: "remove", person })}
            />
          ))}
        </ul>
      )}
      {question && <ControlDialog question={question} act={send} onClose={() => setQuestion(null)} />}
    </div>
  );
}

function Ask({ icon, label, onAsk }: { icon: IconName; label: string; onAsk: () => void }) {
  return (
    <button type="button" class="button small" onClick={onAsk}>
      <Icon name={icon} /> {label}
    </button>
  );
}

function RecordingButton({ meeting, busy, act }: { meeting: MeetingDetail; busy: boolean; act: Act }) {
  const runs = meeting.recordings.some((one) => one.status === "recording");
  const [path, label, done] = runs
    ? ["recording/stop", t.control.stopRecording, t.control.recordingStops]
    : ["recording/start", t.control.startRecording, t.control.recordingStarts];
  return (
    <button type="button" class="button small" aria-disabled={busy} onClick={() => act(path, undefined, done)}>
      <Icon name={runs ? "stop" : "record"} /> {label}
    </button>
  );
}

interface PresentProps {
  person: Participant;
  busy: boolean;
  act: Act;
  onRemove: () => void;
}

function Present({ person, busy, act, onRemove }: PresentProps) {
  const name = person.name ?? t.meeting.unnamed;
  const mute = async () => {
    for (const participant of person.occupants) await act("mute", { participant }, t.control.muted(name));
  };
  return (
    <li>
      <span class="wrap">{name}</span>
      <span class="inline">
        <button type="button" class="button small" aria-label={`${t.control.mute}: ${name}`} aria-disabled={busy} onClick={mute}>
          {t.control.mute}
        </button>
        <button type="button" class="button small" aria-label={`${t.control.remove}: ${name}`} onClick={onRemove}>
          {t.control.remove}
        </button>
      </span>
    </li>
  );
}
