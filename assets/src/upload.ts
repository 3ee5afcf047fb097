// Sends a file in parts by the tus protocol, and goes on where it ended: after a lost connection by itself, and in another
// session by the address that is remembered for the file.
import { apiUrl, asProblem, Problem, problemOf } from "./api";
import { t } from "./texts";

const PATH = "v1/recordings/uploads";
const PART_BYTES = 8 * 1024 * 1024;
const RETRIES_MAX = 8;
const RETRY_FIRST_MS = 1_000;
const RETRY_MOST_MS = 30_000;
/** What passes by waiting: the way is broken, a part is still being taken, the server is busy or starts anew. */
const PASSING = new Set([0, 408, 409, 423, 429, 460, 500, 502, 503, 504]);

interface Hooks {
  /** How much is there, in bytes. */
  onProgress: (bytes: number) => void;
  /** It waits for the connection, or goes on. */
  onWaiting: (waiting: boolean) => void;
  signal: AbortSignal;
}

const keyOf = (file: File) => `reflector.upload.${file.name}.${file.size}.${file.lastModified}`;

/** Storage may be forbidden; then nothing is remembered. */
function remembered(key: string, value?: string | null): string | null {
  try {
    if (value) localStorage.setItem(key, value);
    else if (value === null) localStorage.removeItem(key);
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Whether a part of this file was sent before. */
export const isBegun = (file: File) => remembered(keyOf(file)) !== null;

async function ask(method: string, path: string, headers: Record<string, string>, signal: AbortSignal, body?: Blob): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(apiUrl(path), {
      method,
      headers: { "Tus-Resumable": "1.0.0", "X-Reflector-CSRF": "1", ...headers },
      credentials: "same-origin",
      cache: "no-store",
      signal,
      ...(body ? { body } : {}),
    });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Problem(0, t.problem.offlineTitle, t.problem.offline);
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

function encoded(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(""));
}

async function announce(file: File, title: string, signal: AbortSignal): Promise<string> {
  const said = { filename: file.name, modified_at: new Date(file.lastModified).toISOString(), ...(title ? { title } : {}) };
  const metadata = Object.entries(said).map(([key, value]) => `${key} ${encoded(value)}`);
  const headers = { "Upload-Length": String(file.size), "Upload-Metadata": metadata.join(",") };
  const response = await ask("POST", PATH, headers, signal);
  return `${PATH}/${(response.headers.get("Location") ?? "").split("/").at(-1)}`;
}

const offsetOf = (response: Response) => Number(response.headers.get("Upload-Offset"));

/** Where the file that was begun lies and how much of it is there; a new place where there is none. */
async function begin(file: File, title: string, signal: AbortSignal): Promise<{ path: string; offset: number }> {
  const known = remembered(keyOf(file));
  if (known) {
    try {
      return { path: known, offset: offsetOf(await ask("HEAD", known, {}, signal)) };
    } catch (error) {
      if (![404, 410].includes(asProblem(error).status)) throw error;
    }
  }
  const path = await announce(file, title, signal);
  remembered(keyOf(file), path);
  return { path, offset: 0 };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), reject(signal.reason)), { once: true });
  });
}

/** Sends the file to its end; gives the id of the recording that it has become. */
export async function upload(file: File, title: string, { onProgress, onWaiting, signal }: Hooks): Promise<string> {
  let failures = 0;
  for (;;) {
    try {
      let { path, offset } = await begin(file, title, signal);
      for (;;) {
        onWaiting(false);
        onProgress(offset);
        if (offset === file.size) {
          const state = (await (await ask("GET", path, {}, signal)).json()) as { recording_id: string | null };
          if (!state.recording_id) throw new Problem(503, t.problem.title, t.problem.byStatus(503));
          remembered(keyOf(file), null);
          return state.recording_id;
        }
        const headers = { "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" };
        offset = offsetOf(await ask("PATCH", path, headers, signal, file.slice(offset, offset + PART_BYTES)));
        failures = 0;
      }
    } catch (error) {
      if (signal.aborted || !PASSING.has(asProblem(error).status) || ++failures > RETRIES_MAX) throw error;
      onWaiting(true);
      await pause(Math.min(RETRY_FIRST_MS * 2 ** (failures - 1), RETRY_MOST_MS), signal);
    }
  }
}
