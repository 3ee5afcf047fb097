// Jitsi's side: signed events, our module in Prosody with its census and its commands, and a recorder.
import { createHmac, randomUUID } from "node:crypto";

const HOST = "conference.meet.example.com";

export async function post({ base, secret }, path, content) {
  const body = JSON.stringify(content);
  const signature = createHmac("sha256", secret).update(body).digest("hex");
  const headers = { "Content-Type": "application/json", "X-Jitsi-Signature": signature };
  return fetch(`${base}/v1/${path}`, { method: "POST", headers, body });
}

export const joined = (room, person) => ({
  event: "muc-occupant-joined",
  room,
  timestamp: new Date().toISOString(),
  data: person,
});

/** The module in Prosody: counts who is there, does what it is told, and tells that it is done. */
export class Module {
  done = [];
  #stopped = false;
  #instance = randomUUID();

  constructor(world, findings, rooms) {
    this.world = world;
    this.findings = findings;
    this.rooms = rooms;
    this.running = this.#run();
  }

  async #run() {
    let results = [];
    for (let number = 1; !this.#stopped; number += 1) {
      const answer = await post(this.world, "jitsi/census", this.#census(number, results));
      this.findings.expect(answer.status === 200, "census", `answered with ${answer.status}`);
      if (answer.status !== 200) return;
      const { commands } = await answer.json();
      this.done.push(...commands);
      results = commands.map(({ id }) => ({ id, ok: true }));
    }
  }

  #census(number, results) {
    return {
      census: randomUUID(),
      instance: this.#instance,
      number,
      timestamp: new Date().toISOString(),
      module: "1.0.0",
      prosody: "0.12.3",
      host: HOST,
      queue: { pending: 0, dropped: 0, refused: 0 },
      rooms: this.rooms,
      results,
    };
  }

  async stop() {
    this.#stopped = true;
    await this.running;
  }
}

/** A recorder that says how it is. */
export async function recorder(world, id, busyStatus, details = {}) {
  const sick = Object.values(details).some((part) => part.healthStatus !== "HEALTHY");
  const health = { healthStatus: sick ? "UNHEALTHY" : "HEALTHY", details };
  return post(world, "status", { jibriId: id, status: { busyStatus, health } });
}
