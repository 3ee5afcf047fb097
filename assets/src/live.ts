// The server's event log, live. One stream for the whole console; views say which events concern them.
import { signal } from "@preact/signals";
import { apiUrl } from "./api";
import type { LogEvent } from "./types";

export type Connection = "off" | "connecting" | "live" | "waiting";
export const connection = signal<Connection>("off");

const RETRY_FIRST_MS = 1_000;
const RETRY_MAX_MS = 30_000;

type Listener = (event: LogEvent | "resync") => void;
const listeners = new Set<Listener>();
let source: EventSource | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
let failures = 0;
let wasLive = false;

/** Hears every event, and "resync" when some may have been missed. Returns how to stop. */
export function listen(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(event: LogEvent | "resync"): void {
  for (const listener of listeners) listener(event);
}

function opened(): void {
  // The browser resumes a stream it held by itself (Last-Event-ID), a stream we made anew it cannot.
  if (wasLive) tell("resync");
  wasLive = true;
  failures = 0;
  connection.value = "live";
}

function received(message: MessageEvent<string>): void {
  try {
    tell(JSON.parse(message.data) as LogEvent);
  } catch {
    tell("resync");
  }
}

function failed(): void {
  connection.value = "waiting";
  if (source?.readyState !== EventSource.CLOSED) return;
  source = null;
  // A chance part, so that a hundred consoles do not come back to a restarted server in the same instant.
  const wait = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** failures) * (0.5 + Math.random() / 2);
  failures += 1;
  clearTimeout(timer);
  timer = setTimeout(connect, wait);
}

export function connect(): void {
  if (source) return;
  clearTimeout(timer);
  connection.value = "connecting";
  source = new EventSource(apiUrl("v1/events/stream"));
  source.onopen = opened;
  source.onmessage = received;
  source.onerror = failed;
}

export function disconnect(): void {
  clearTimeout(timer);
  source?.close();
  source = null;
  connection.value = "off";
}

// Another network, or a laptop that woke: try at once instead of waiting out the pause.
addEventListener("online", () => connection.value === "waiting" && !source && connect());

// Browsers allow six connections to a server without TLS, for all tabs together: a stream nobody looks at must not
// take one of them from the tab somebody works in.
const HIDDEN_MS = 60_000;
let resting = false;
let rest: ReturnType<typeof setTimeout> | undefined;

document.addEventListener("visibilitychange", () => {
  clearTimeout(rest);
  if (document.hidden) {
    rest = setTimeout(() => {
      resting = connection.value !== "off";
      disconnect();
    }, HIDDEN_MS);
  } else if (resting) {
    resting = false;
    connect();
  }
});
