// The one way to the server. Paths are relative to the page, so that the console also works below a sub-path.
import { t } from "./texts";

export interface FieldError {
  field: string;
  detail: string;
}

/** Why a request failed, in words a person can act on (RFC 9457, and the failures that have no response). */
export class Problem extends Error {
  readonly status: number;
  readonly title: string;
  readonly fields: FieldError[];

  constructor(status: number, title: string, detail: string, fields: FieldError[] = []) {
    super(detail);
    this.status = status;
    this.title = title;
    this.fields = fields;
  }

  /** What was wrong with one field, if anything. */
  field(name: string): string | undefined {
    return this.fields.find((error) => error.field === name || error.field.endsWith(`.${name}`))?.detail;
  }
}

export type Query = Record<string, string | number | boolean | undefined>;

interface Options {
  query?: Query;
  body?: unknown;
  signal?: AbortSignal | undefined;
}

/** Called on a 401 to a request that needs a session. */
let onUnauthorized: () => void = () => undefined;
export function whenUnauthorized(act: () => void): void {
  onUnauthorized = act;
}

/** The absolute address of an API path, for links and for the event stream. */
export function apiUrl(path: string, query: Query = {}): string {
  const url = new URL(`../${path}`, document.baseURI.split("#")[0]);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") url.searchParams.set(name, String(value));
  }
  return url.href;
}

async function send(method: string, path: string, { query, body, signal }: Options): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method !== "GET") headers["X-Reflector-CSRF"] = "1";
  if (body !== undefined) headers["Content-Type"] = "application/json";
  try {
    return await fetch(apiUrl(path, query), {
      method,
      headers,
      credentials: "same-origin",
      cache: "no-store",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(0, t.problem.offlineTitle, t.problem.offline);
  }
}

/** What the server says is wrong. */
export async function problemOf(response: Response): Promise<Problem> {
  const fallback = t.problem.byStatus(response.status);
  try {
    const body = (await response.json()) as { title?: string; detail?: string; errors?: FieldError[] };
    let detail = body.detail || fallback;
    const wait = Number(response.headers.get("Retry-After"));
    if (response.status === 429 && wait > 0) detail = t.problem.slowDown(wait);
    return new Problem(response.status, body.title || fallback, detail, body.errors ?? []);
  } catch {
    return new Problem(response.status, t.problem.title, fallback);
  }
}

async function request<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const response = await send(method, path, options);
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
  const problem = await problemOf(response);
  // A wrong password is also a 401, and no sign that a session ended.
  if (response.status === 401 && path !== "v1/session" && path !== "v1/setup") onUnauthorized();
  throw problem;
}

export const api = {
  get: <T>(path: string, query: Query = {}, signal?: AbortSignal) => request<T>("GET", path, { query, signal }),
  post: <T>(path: string, body?: unknown) => request<T>("POST", path, { body }),
  patch: <T>(path: string, body: unknown) => request<T>("PATCH", path, { body }),
  delete: (path: string) => request<void>("DELETE", path),
};

/** Any thrown thing as a problem, so that views have one kind of failure to show. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(0, t.problem.title, error instanceof Error ? error.message : String(error));
}
