// What can be done with a recording in the trash: the same in the list and on its own page.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { api, asProblem } from "../api";
import { Confirm } from "../components/confirm";
import { Icon } from "../components/icon";
import { segment } from "../router";
import { t } from "../texts";
import { toast } from "../toast";
import type { Recording } from "../types";
import { recordingName } from "./recording-table";

interface Trash {
  buttons: (recording: Recording, large?: boolean) => ComponentChildren;
  /** The question before one is deleted for good, where it was asked for. */
  dialog: ComponentChildren;
}

export function useTrash(onDone: () => void): Trash {
  const [asked, setAsked] = useState<Recording | null>(null);
  const path = ({ id }: Recording) => `v1/recordings/${segment(id)}`;
  const restore = async (recording: Recording) => {
    try {
      await api.post(`${path(recording)}/restore`);
      toast(t.recordings.restored);
      onDone();
    } catch (error) {
      toast(asProblem(error).message, "bad");
    }
  };
  const purge = async (recording: Recording) => {
    await api.post(`${path(recording)}/purge`);
    toast(t.recordings.purging);
    onDone();
  };
  const buttons = (recording: Recording, large?: boolean) => {
    if (recording.reason === "being_purged") return null;
    const named = (what: string) => (large ? {} : { "aria-label": `${what}: ${recordingName(recording)}` });
    const size = large ? "" : " small";
    return (
      <>
        {!recording.hold && (
          <button type="button" class={`button danger${size}`} {...named(t.recordings.purge)} onClick={() => setAsked(recording)}>
            {large && <Icon name="trash" />} {t.recordings.purge}
          </button>
        )}
        <button type="button" class={`button${large ? " primary" : size}`} {...named(t.recordings.restore)} onClick={() => restore(recording)}>
          {t.recordings.restore}
        </button>
      </>
    );
  };
  const dialog = asked && (
    <Confirm
      title={t.recordings.purgeTitle}
      text={t.recordings.purgeText(recordingName(asked))}
      action={t.recordings.purge}
      onConfirm={() => purge(asked)}
      onClose={() => setAsked(null)}
    />
  );
  return { buttons, dialog };
}
