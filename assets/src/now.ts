// A clock that views can watch. It stands still in a hidden tab, where nobody looks at it.
import { signal } from "@preact/signals";

const TICK_MS = 5_000;
export const now = signal(Date.now());

const tick = () => {
  if (!document.hidden) now.value = Date.now();
};
setInterval(tick, TICK_MS);
document.addEventListener("visibilitychange", tick);
