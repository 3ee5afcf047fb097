// One recording: where it stands and why, its player, who is in it, what is known of it, and what can be done with it.
import { useState } from "preact/hooks";
import { api, apiUrl, asProblem } from "../api";
import { Confirm } from "../components/confirm";
import { Icon } from "../components/icon";
import { Show } from "../components/loaded";
import { PageHead } from "../components/page";
import { useQuery, useReloadEvery } from "../query";
import { segment } from "../router";
import { t } from "../texts";
import { toast } from "../toast";
import type { LogEvent, Recording } from "../types";
import { RecordingCopies } from "./recording-copies";
import { RecordingFacts } from "./recording-facts";
import { RecordingForm } from "./recording-form";
import { Lanes } from "./recording-lanes";
import { RecordingLead } from "./recording-lead";
import { isPlayable, Player } from "./recording-player";
import { Repair } from "./recording-repair";
import { Scan } from "./recording-scan";
import { ShareDialog } from "./recording-share";
import { recordingName } from "./recording-table";
import { useTrash } from "./recording-trash";

/** That a file or its copy grows is told by no event. */
const GROWING_MS = 10_000;
const GROWING = ["growing", "uploading"];

type Asked = "edit" | "assign" | "share" | "trash" | null;

export function RecordingPage({ id }: { id: string }) {
  const [asked, setAsked] = useState<Asked>(null);
  const [media, setMedia] = useState<HTMLVideoElement | null>(null);
  const close = () => setAsked(null);
  const path = `v1/recordings/${segment(id)}`;
  const isAbout = (event: LogEvent) => event.type.startsWith("recording.") && event.data["id"] === id;
  const recording = useQuery(`recordings/${id}`, (signal) => api.get<Recording>(path, {}, signal), isAbout);
  useReloadEvery(GROWING.includes(recording.data?.state ?? "") ? GROWING_MS : 0, recording);
  const trash = useTrash(recording.reload);
  const act = async (work: Promise<unknown>, said: string) => {
    await work;
    toast(said);
    recording.reload();
  };
  const hold = (on: boolean) =>
    act(api.patch(path, { hold: on }), t.recordings.saved).catch((error) => toast(asProblem(error).message, "bad"));
  return (
    <Show from={recording} lines={8}>
      {(data) => (
        <>
          <PageHead
            title={recordingName(data)}
            back={<Back />}
            lead={
              <RecordingLead recording={data}>
                {data.state === "missing" && <Scan small onDone={recording.reload} />}
                {data.state === "truncated" && <Repair recording={data} />}
              </RecordingLead>
            }
            actions={
              data.state === "trashed" ? (
                <>
                  <Hold recording={data} onHold={hold} />
                  {trash.buttons(data, true)}
                </>
              ) : (
                <Actions recording={data} ask={setAsked} onHold={hold} />
              )
            }
          />
          {isPlayable(data) && <Player recording={data} media={media} onMedia={setMedia} />}
          <Lanes recording={data} media={media} onAssign={() => setAsked("assign")} />
          <section aria-labelledby="facts">
            <div class="section-head">
              <h2 id="facts">{t.recordings.facts.title}</h2>
            </div>
            <RecordingFacts recording={data} />
          </section>
          <RecordingCopies recording={data} />
          {(asked === "edit" || asked === "assign") && (
            <RecordingForm recording={data} assign={asked === "assign"} onDone={recording.reload} onClose={close} />
          )}
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
          {trash.dialog}
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

function Hold({ recording, onHold }: { recording: Recording; onHold: (on: boolean) => void }) {
  return (
    <button type="button" class="button" title={t.recordings.holdHint} onClick={() => onHold(!recording.hold)}>
      <Icon name="lock" /> {recording.hold ? t.recordings.takeHold : t.recordings.putHold}
    </button>
  );
}

interface ActionsProps {
  recording: Recording;
  ask: (what: Asked) => void;
  onHold: (on: boolean) => void;
}

function Actions({ recording, ask, onHold }: ActionsProps) {
  const { state, hold, media_url } = recording;
  if (state === "deleted") return null;
  const isComplete = state !== "recording" && state !== "growing";
  return (
    <>
      {isComplete && !hold && (
        <button type="button" class="button" onClick={() => ask("trash")}>
          <Icon name="trash" /> {t.recordings.delete}
        </button>
      )}
      <Hold recording={recording} onHold={onHold} />
      <button type="button" class="button" onClick={() => ask("edit")}>
        <Icon name="edit" /> {t.recordings.edit}
      </button>
      <button type="button" class="button" onClick={() => ask("share")}>
        <Icon name="link" /> {t.shares.open}
      </button>
      {media_url && (
        <a class="button" download href={apiUrl(media_url.slice(1), { download: true })}>
          <Icon name="download" /> {t.recordings.download}
        </a>
      )}
    </>
  );
}
