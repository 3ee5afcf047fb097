// Where a recording stands: since when, why, and what can be done about it.
import type { ComponentChildren } from "preact";
import { Badge } from "../components/badge";
import { Icon } from "../components/icon";
import { Time } from "../components/time";
import { t } from "../texts";
import type { Recording } from "../types";
import { RecordingBadge } from "./recording-table";

export function RecordingLead({ recording, children }: { recording: Recording; children?: ComponentChildren }) {
  const isTrouble = recording.state === "truncated" || recording.state === "missing";
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
      {isTrouble ? (
        <div class="note">
          <Icon name="warning" />
          <div>
            <p>{recording.explanation}</p>
            {children && <div class="note-actions">{children}</div>}
          </div>
        </div>
      ) : (
        <p>{recording.explanation}</p>
      )}
      {recording.hidden_reason && <p>{recording.hidden_reason}</p>}
    </div>
  );
}
