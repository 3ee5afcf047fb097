// The player: the browser's own, with a choice of speed and steps of ten seconds.
import { useRef, useState } from "preact/hooks";
import { apiUrl } from "../api";
import { t } from "../texts";
import type { Recording } from "../types";
import { recordingName } from "./recording-table";

const SPEEDS = [0.75, 1, 1.25, 1.5, 2];
const STEP_SECONDS = 10;

export function Player({ recording }: { recording: Recording }) {
  const media = useRef<HTMLVideoElement>(null);
  const [speed, setSpeed] = useState(1);
  const [failed, setFailed] = useState(false);
  const { file, media_url, state } = recording;
  if (!media_url || !file || state === "growing") return null;
  if (!file.is_playable && file.container !== "other") return <p class="note">{t.recordings.notPlayable}</p>;
  const step = (by: number) => {
    if (media.current) media.current.currentTime += by;
  };
  const choose = (value: number) => {
    setSpeed(value);
    if (media.current) media.current.playbackRate = value;
  };
  return (
    <div class="player">
      {failed && (
        <p class="note" role="status">
          {t.recordings.notHere}
        </p>
      )}
      <video
        ref={media}
        controls
        preload="metadata"
        src={apiUrl(media_url.slice(1))}
        aria-label={t.recordings.player(recordingName(recording))}
        onError={() => setFailed(true)}
        onLoadedMetadata={() => choose(speed)}
      />
      <div class="player-keys">
        <button type="button" class="button small" onClick={() => step(-STEP_SECONDS)}>
          {t.recordings.backward}
        </button>
        <button type="button" class="button small" onClick={() => step(STEP_SECONDS)}>
          {t.recordings.forward}
        </button>
        <div class="switch wide" role="group" aria-label={t.recordings.speed}>
          {SPEEDS.map((one) => (
            <button key={one} type="button" aria-pressed={one === speed} onClick={() => choose(one)}>
              {t.recordings.times(one)}
            </button>
          ))}
        </div>
      </div>
    </div>
  );
}
