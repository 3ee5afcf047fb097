// The repair of a file that ends in the middle: asked for, under way, done.
import { useState } from "preact/hooks";
import { api, asProblem } from "../api";
import { href, segment } from "../router";
import { t } from "../texts";
import { toast } from "../toast";
import type { Recording } from "../types";

export function Repair({ recording }: { recording: Recording }) {
  const [asked, setAsked] = useState(false);
  const { id, reason, file, repaired_as } = recording;
  if (repaired_as) {
    return (
      <a class="button small" href={href(`recordings/${segment(repaired_as)}`)}>
        {t.recordings.toRepaired}
      </a>
    );
  }
  // Without an index ffmpeg cannot help.
  if (reason !== "cut_off" || !file?.is_playable) return null;
  if (asked) {
    return (
      <p role="status">
        {t.recordings.repairing} <a href={href("jobs")}>{t.jobs.title}</a>
      </p>
    );
  }
  const repair = async () => {
    try {
      await api.post(`v1/recordings/${segment(id)}/repair`);
      setAsked(true);
    } catch (error) {
      toast(asProblem(error).message, "bad");
    }
  };
  return (
    <button type="button" class="button small" onClick={repair}>
      {t.recordings.repair}
    </button>
  );
}
