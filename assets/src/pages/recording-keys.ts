// The player's keys, wherever the focus is on the page, but where something is typed or chosen.
import { useEffect } from "preact/hooks";

const SMALL_SECONDS = 5;
const LARGE_SECONDS = 10;
const VOLUME_STEP = 0.1;
/** Where keys mean something else. The picture itself is ours. */
const TAKEN = "input, select, textarea, dialog, [contenteditable]";
const PRESSED = "button, a, summary, [role=button]";
/** Where arrows go from one thing to the next. */
const OWN_ARROWS = "[data-own-arrows]";

export interface Controls {
  media: HTMLVideoElement | null;
  /** One step faster or slower. */
  onSpeed: (by: 1 | -1) => void;
}

export function toggle(media: HTMLVideoElement): void {
  // A refusal is told by the player itself.
  if (media.paused) media.play().catch(() => undefined);
  else media.pause();
}

export function seek(media: HTMLVideoElement, to: number): void {
  const end = Number.isFinite(media.duration) ? media.duration : to;
  media.currentTime = Math.min(end, Math.max(0, to));
}

/** What a key does; false where it does nothing. */
export function press(key: string, { media, onSpeed }: Controls): boolean {
  if (!media) return false;
  const by = (seconds: number) => seek(media, media.currentTime + seconds);
  const keys: Record<string, () => void> = {
    " ": () => toggle(media),
    k: () => toggle(media),
    ArrowLeft: () => by(-SMALL_SECONDS),
    ArrowRight: () => by(SMALL_SECONDS),
    j: () => by(-LARGE_SECONDS),
    l: () => by(LARGE_SECONDS),
    Home: () => seek(media, 0),
    End: () => seek(media, media.duration),
    ArrowUp: () => (media.volume = Math.min(1, media.volume + VOLUME_STEP)),
    ArrowDown: () => (media.volume = Math.max(0, media.volume - VOLUME_STEP)),
    m: () => (media.muted = !media.muted),
    "<": () => onSpeed(-1),
    ">": () => onSpeed(1),
    f: () => void (document.fullscreenElement ? document.exitFullscreen() : media.requestFullscreen?.()),
  };
  const tenth = /^[0-9]$/.test(key) ? Number(key) : undefined;
  if (tenth !== undefined && Number.isFinite(media.duration)) keys[key] = () => seek(media, (media.duration * tenth) / 10);
  const act = keys[key];
  act?.();
  return act !== undefined;
}

export function useMediaKeys(controls: Controls): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target instanceof Element ? event.target : null;
      if (target?.closest(TAKEN) || document.querySelector("dialog[open]")) return;
      // Space presses what has the focus, and arrows scroll but for the picture.
      if (event.key === " " && target?.closest(PRESSED)) return;
      if (event.key.startsWith("Arrow") && target?.closest(OWN_ARROWS)) return;
      const isPicture = target === controls.media;
      if (!isPicture && ["ArrowUp", "ArrowDown", "Home", "End"].includes(event.key)) return;
      if (press(event.key, controls)) event.preventDefault();
    };
    // Before the browser's own player, which would do the same again.
    addEventListener("keydown", pressed, true);
    return () => removeEventListener("keydown", pressed, true);
  });
}
