// Who is logged in. When a session ends in the middle of work, the page stays where it is and asks for the password
// over it, so that nothing typed is lost.
import { signal } from "@preact/signals";
import { api, asProblem, type Problem, whenUnauthorized } from "./api";
import { connect, disconnect } from "./live";
import { recall, remember } from "./stored";
import type { Session } from "./types";

/** undefined: not asked yet; null: nobody. */
export const session = signal<Session | null | undefined>(undefined);
export const expired = signal(false);
export const startProblem = signal<Problem | null>(null);

/** The cookie cannot be read here; this says that there may be one, so that a stranger is not asked about. */
const MAY_BE_IN = "session";

whenUnauthorized(() => {
  if (session.value) expired.value = true;
  disconnect();
});

function begin(next: Session): void {
  remember(MAY_BE_IN, "1");
  session.value = next;
  expired.value = false;
  connect();
}

export async function restore(): Promise<void> {
  startProblem.value = null;
  if (!recall(MAY_BE_IN)) {
    session.value = null;
    return;
  }
  try {
    begin(await api.get<Session>("v1/session"));
  } catch (error) {
    const problem = asProblem(error);
    if (problem.status === 401) forget();
    else startProblem.value = problem;
  }
}

export async function logIn(name: string, password: string): Promise<void> {
  begin(await api.post<Session>("v1/session", { name, password }));
}

export async function setUp(token: string, name: string, password: string): Promise<void> {
  begin(await api.post<Session>("v1/setup", { token, name, password }));
}

export async function logOut(): Promise<void> {
  await api.delete("v1/session");
  disconnect();
  forget();
}

function forget(): void {
  remember(MAY_BE_IN, null);
  session.value = null;
}
