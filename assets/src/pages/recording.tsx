// One recording: where it stands and why, its player, what is in it, and what can be done with it.
import { useState } from "preact/hooks";
import { api, apiUrl, asProblem } from "../api";
import { Badge } from "../components/badge";
import { Confirm } from "../components/confirm";
import { Icon } from "../components/icon";
import { Show } from "../components/loaded";
import { PageHead } from "../components/page";
import { Time } from "../components/time";
import { useQuery } from "../query";
import { segment } from "../router";
import { t } from "../texts";
import { toast } from "../toast";
import type { LogEvent, Recording } from "../types";
import { RecordingFacts } from "./recording-facts";
import { RecordingForm } from "./recording-form";
import { Player } from "./recording-player";
import { ShareDialog } from "./recording-share";
import { RecordingBadge, recordingName } from "./recording-table";

type Asked = "edit" | "share" | "trash" | "purge" | null;

export function RecordingPage({ id }: { id: string }) {
  const [asked, setAsked] = useState<Asked>(null);
  const close = () => setAsked(null);
  const path = `v1/recordings/${segment(id)}`;
  const isAbout = (event: LogEvent) => event.type.startsWith("recording.") && event.data["id"] === id;
  const recording = useQuery(`recordings/${id}`, (signal) => api.get<Recording>(path, {}, signal), isAbout);
  const act = async (work: Promise<unknown>, said: string) => {
    await work;
    toast(said);
    recording.reload();
  };
  const quickly = (work: Promise<unknown>, said: string) => act(work, said).catch((error) => toast(asProblem(error).message, "bad"));
  return (
    <Show from={recording} lines={8}>
      {(data) => (
        <>
          <PageHead
            title={recordingName(data)}
            back={<Back />}
            lead={<Lead recording={data} />}
            actions={
              <Actions
                recording={data}
                ask={setAsked}
                onHold={() => quickly(api.patch(path, { hold: !data.hold }), t.recordings.saved)}
                onRestore={() => quickly(api.post(`${path}/restore`), t.recordings.restored)}
              />
            }
          />
          <Player recording={data} />
          <RecordingFacts recording={data} />
          {asked === "edit" && <RecordingForm recording={data} onDone={recording.reload} onClose={close} />}
          {asked === "share" && <ShareDialog recording={data} onClose={close} />}
          {asked === "trash" && (
            <Confirm
              title={t.recordings.trashTitle}
              text={t.recordings.trashText}
              action={t.recordings.trash}
              onConfirm={() => act(api.delete(path), t.recordings.trashed)}
              onClose={close}
            />
          )}
          {asked === "purge" && (
            <Confirm
              title={t.recordings.purgeTitle}
              text={t.recordings.purgeText}
              action={t.recordings.purge}
              onConfirm={() => act(api.post(`${path}/purge`), t.recordings.purging)}
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
    <a class="back" href="#/recordings">
      <Icon name="back" /> {t.recordings.back}
    </a>
  );
}

interface ActionsProps {
  recording: Recording;
  ask: (what: Asked) => void;
  onHold: () => void;
  onRestore: () => void;
}

function Actions({ recording, ask, onHold, onRestore }: ActionsProps) {
  const { state, reason, hold, media_url } = recording;
  if (state === "deleted" || reason === "being_purged") return null;
  const download = media_url && (
    <a class="button" download href={apiUrl(media_url.slice(1), { download: true })}>
      <Icon name="download" /> {t.recordings.download}
    </a>
  );
  const holdButton = (
    <button type="button" class="button" title={t.recordings.holdHint} onClick={onHold}>
      <Icon name="lock" /> {hold ? t.recordings.takeHold : t.recordings.putHold}
    </button>
  );
  if (state === "trashed") {
    return (
      <>
        {holdButton}
        {!hold && (
          <button type="button" class="button danger" onClick={() => ask("purge")}>
            <Icon name="trash" /> {t.recordings.purge}
          </button>
        )}
        <button type="button" class="button primary" onClick={onRestore}>
          {t.recordings.restore}
        </button>
      </>
    );
  }
  const isComplete = state !== "recording" && state !== "growing";
  return (
    <>
      {isComplete && !hold && (
        <button type="button" class="button" onClick={() => ask("trash")}>
          <Icon name="trash" /> {t.recordings.delete}
        </button>
      )}
      {holdButton}
      <button type="button" class="button" onClick={() => ask("edit")}>
        <Icon name="edit" /> {t.recordings.edit}
      </button>
      <button type="button" class="button" onClick={() => ask("share")}>
        <Icon name="link" /> {t.shares.open}
      </button>
      {download}
    </>
  );
}

function Lead({ recording }: { recording: Recording }) {
  return (
    <div class="recording-lead">
      <span class="inline">
        <RecordingBadge recording={recording} />
        {recording.hold && (
          <Badge tone="accent" title={t.recordings.holdHint}>
            {t.recordings.hold}
          </Badge>
        )}
        <span class="muted">
          {t.recordings.since} <Time at={recording.since} kind="ago" />
        </span>
      </span>
      <p>{recording.explanation}</p>
    </div>
  );
}
