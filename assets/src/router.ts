// The address after the hash is the only state of navigation: every view can be linked, reloaded and gone back to,
// and the server needs no rewrites.
import { computed, signal } from "@preact/signals";

export interface Route {
  /** Decoded path segments: `#/rooms/standup` is ["rooms", "standup"]. */
  path: string[];
  query: URLSearchParams;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function parse(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  return { path: path.split("/").filter(Boolean).map(decode), query: new URLSearchParams(query) };
}

const hash = signal(location.hash);
addEventListener("hashchange", () => (hash.value = location.hash));

export const route = computed(() => parse(hash.value));

/** The link to a view: `href("meetings", { room: "standup" })`. Empty values are left out. */
export function href(path: string, query: Record<string, string | undefined> = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value) search.set(name, value);
  const text = search.toString();
  return `#/${path}${text ? `?${text}` : ""}`;
}

export function segment(id: string): string {
  return encodeURIComponent(id);
}

export function go(target: string): void {
  location.hash = target;
}

/** Changes the address without a new history entry, for filters that change with every key. */
export function replace(target: string): void {
  history.replaceState(null, "", target);
  hash.value = location.hash;
}
