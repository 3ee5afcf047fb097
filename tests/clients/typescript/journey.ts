// A day with the TypeScript types that openapi-typescript makes of the document, and the client openapi-fetch over them.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema";

declare const process: { env: Record<string, string | undefined> };

type Meeting = components["schemas"]["Meeting"];

function must<T>(value: T | undefined, what: unknown): T {
  if (value === undefined) throw new Error(JSON.stringify(what));
  return value;
}

function check(holds: boolean, what: unknown): void {
  if (!holds) throw new Error(JSON.stringify(what));
}

const client = createClient<paths>({
  baseUrl: process.env["REFLECTOR_URL"] ?? "",
  headers: { Authorization: `Bearer ${process.env["REFLECTOR_TOKEN"] ?? ""}` },
});

const made = await client.POST("/v1/rooms", { body: { name: "typescript-room", recording_type: "local" } });
const room = must(made.data, made.error);
check(room.recording_type === "local" && made.response.status === 201, room);

const path = { room: "typescript-room" };
const started = await client.POST("/v1/rooms/{room}/meeting", { params: { path } });
const meeting = must(started.data, started.error);
check(meeting.room_url.includes("?jwt=") && meeting.ended_at === null, meeting);

const listed = await client.GET("/v1/meetings", { params: { query: { active: true, limit: 10 } } });
const meetings: Meeting[] = must(listed.data, listed.error).items;
check(meetings.some((other) => other.id === meeting.id), meetings);

const attendance = await client.GET("/v1/meetings/{id}/attendance", { params: { path: { id: meeting.id } } });
check(must(attendance.data, attendance.error) !== undefined, attendance.data);

const gone = await client.DELETE("/v1/rooms/{room}", { params: { path } });
check(gone.response.status === 204, gone.error);
const missing = await client.GET("/v1/rooms/{room}", { params: { path } });
check(missing.error?.status === 404 && missing.error.detail.length > 0, missing.error);
console.log("ok");
