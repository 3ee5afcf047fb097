// The player: the browser's own, with speeds, steps and keys.
import { useState } from "preact/hooks";
import { apiUrl } from "../api";
import { CopyButton } from "../components/copy";
import { route } from "../router";
import { recall, remember } from "../stored";
import { t } from "../texts";
import type { Recording } from "../types";
import { seek, useMediaKeys } from "./recording-keys";
import { posterUrl } from "./recording-poster";
import { recordingName } from "./recording-table";

const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];
const STEP_SECONDS = 10;
const SPEED_KEY = "reflector.speed";

/** Whether there is anything that a browser may play. */
export const isPlayable = ({ file, media_url, state }: Recording) =>
  Boolean(media_url && file && state !== "growing" && (file.is_playable || file.container === "other"));

function recalledSpeed(): number {
  const speed = Number(recall(SPEED_KEY));
  return SPEEDS.includes(speed) ? speed : 1;
}

interface Props {
  recording: Recording;
  media: HTMLVideoElement | null;
  onMedia: (media: HTMLVideoElement | null) => void;
}

export function Player({ recording, media, onMedia }: Props) {
  const [speed, setSpeed] = useState(recalledSpeed);
  const [failed, setFailed] = useState(false);
  const choose = (value: number) => {
    setSpeed(value);
    remember(SPEED_KEY, value === 1 ? null : String(value));
    if (media) media.playbackRate = value;
  };
  const onSpeed = (by: 1 | -1) => choose(SPEEDS[SPEEDS.indexOf(speed) + by] ?? speed);
  useMediaKeys({ media, onSpeed });
  const step = (by: number) => media && seek(media, media.currentTime + by);
  const begin = (player: HTMLVideoElement) => {
    player.playbackRate = speed;
    const at = Number(route.value.query.get("t"));
    if (at > 0) seek(player, at);
  };
  const hasPicture = recording.file?.tracks.length === 0 || recording.file?.tracks.some((track) => track.kind === "video");
  return (
    <div class="player">
      {failed && (
        <p class="note" role="status">
          {t.recordings.notHere}
        </p>
      )}
      <video
        ref={onMedia}
        class={hasPicture ? "" : "sound"}
        controls
        preload="metadata"
        playsInline
        poster={posterUrl(recording) ?? undefined}
        src={apiUrl((recording.media_url ?? "").slice(1))}
        aria-label={t.recordings.player(recordingName(recording))}
        onError={() => setFailed(true)}
        onLoadedMetadata={(event) => begin(event.currentTarget)}
      />
      <div class="player-keys">
        <button type="button" class="button small" onClick={() => step(-STEP_SECONDS)}>
          {t.recordings.backward}
        </button>
        <button type="button" class="button small" onClick={() => step(STEP_SECONDS)}>
          {t.recordings.forward}
        </button>
        {media && <Moment media={media} />}
        <div class="switch wide speeds" role="group" aria-label={t.recordings.speed}>
          {SPEEDS.map((one) => (
            <button key={one} type="button" aria-pressed={one === speed} onClick={() => choose(one)}>
              {t.recordings.times(one)}
            </button>
          ))}
        </div>
      </div>
      <Keys />
    </div>
  );
}

/** The moment that is shown, as a link: the address is made when it is asked for. */
function Moment({ media }: { media: HTMLVideoElement }) {
  const link = () => {
    const { path } = route.value;
    const at = Math.floor(media.currentTime);
    return `${location.href.split("#")[0]}#/${path.map(encodeURIComponent).join("/")}${at > 0 ? `?t=${at}` : ""}`;
  };
  return <CopyButton value={link} what={t.recordings.moment} label={t.recordings.copyMoment} />;
}

function Keys() {
  return (
    <details class="player-help">
      <summary>{t.recordings.keysTitle}</summary>
      <dl>
        {t.recordings.keys.map(([keys, does]) => (
          <div key={does}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

