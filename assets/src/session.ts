// Who is logged in. When a session ends in the middle of work, the page stays where it is and asks for the password
// over it, so that nothing typed is lost.
import { signal } from "@preact/signals";
import { api, asProblem, type Problem, whenUnauthorized } from "./api";
import { connect, disconnect } from "./live";
import type { Session } from "./types";

/** undefined: not asked yet; null: nobody. */
export const session = signal<Session | null | undefined>(undefined);
export const expired = signal(false);
export const startProblem = signal<Problem | null>(null);

whenUnauthorized(() => {
  if (session.value) expired.value = true;
  disconnect();
});

function begin(next: Session): void {
  session.value = next;
  expired.value = false;
  connect();
}

export async function restore(): Promise<void> {
  startProblem.value = null;
  try {
    begin(await api.get<Session>("v1/session"));
  } catch (error) {
    const problem = asProblem(error);
    if (problem.status === 401) session.value = null;
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
  session.value = null;
}
