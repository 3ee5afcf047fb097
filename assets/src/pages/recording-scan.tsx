// A look through the directories of recordings, when somebody asks for one.
import { useState } from "preact/hooks";
import { api, asProblem } from "../api";
import { t } from "../texts";
import { toast } from "../toast";

/** More steps than any pile of recordings takes. */
const STEPS_MAX = 10_000;

interface ScanStep {
  new: number;
  changed: number;
  gone: number;
  troubles: string[];
  next_cursor: string | null;
}

export function Scan({ onDone, small }: { onDone: () => void; small?: boolean }) {
  const [busy, setBusy] = useState(false);
  const scan = async () => {
    if (busy) return;
    setBusy(true);
    try {
      let cursor: string | null = null;
      let found = 0;
      for (let step = 0; step < STEPS_MAX; step++) {
        const done: ScanStep = await api.post<ScanStep>("v1/recordings/scan", cursor ? { cursor } : {});
        found += done.new + done.changed + done.gone;
        for (const trouble of done.troubles) toast(trouble, "bad");
        cursor = done.next_cursor;
        if (!cursor) break;
      }
      toast(t.recordings.scanned(found));
      onDone();
    } catch (error) {
      toast(asProblem(error).message, "bad");
    } finally {
      setBusy(false);
    }
  };
  return (
    <button type="button" class={small ? "button small" : "button"} aria-disabled={busy} onClick={scan}>
      {busy ? t.common.working : t.recordings.scan}
    </button>
  );
}
