// The API's nouns by short names. What they are made of comes from the server's own document, by types.mjs.
import type { components } from "./schema";

type Schemas = components["schemas"];

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export type Room = Schemas["Room"];
export type Migration = Schemas["Migration"];
export type Meeting = Schemas["Meeting"];
export type MeetingLinks = Schemas["MeetingWithLinks"];
export type MeetingDetail = Schemas["MeetingDetail"];
export type Participant = Schemas["Participant"];
export type Segment = Schemas["AttendanceSegment"];
export type MeetingRecording = Schemas["MeetingRecording"];
export type Recording = Schemas["Recording"];
export type Share = Schemas["Share"];
export type NewShare = Schemas["NewShareView"];
export type ShareList = Schemas["ShareList"];
export type RecordingPeople = Schemas["RecordingPeople"];
export type RecordingPerson = Schemas["RecordingPerson"];
export type Job = Schemas["Job"];
export type Storage = Schemas["Storage"];
export type Disk = Schemas["Disk"];
/** `Event` is the browser's. */
export type LogEvent = Omit<Schemas["Event"], "data"> & { data: Record<string, unknown> };
export type Knock = Schemas["Knock"];
export type KnockList = Schemas["KnockList"];
export type HostLink = Schemas["HostLink"];
export type NewHostLink = Schemas["NewHostLink"];
export type JoinLink = Schemas["JoinLink"];
export type Session = Schemas["Session"];
export type SessionEntry = Schemas["SessionEntry"];
export type Token = Schemas["Token"];
export type NewToken = Schemas["NewToken"];
export type User = Schemas["User"];
export type SetupLink = Schemas["SetupLinkView"];
export type ProsodyModule = Schemas["ProsodyModule"];
export type ProsodyModules = Schemas["ProsodyModules"];
export type Recorder = Schemas["Recorder"];
export type DoctorReport = Schemas["DoctorReport"];
export type DoctorCheck = Schemas["DoctorCheck"];
export type AuditEntry = Omit<Schemas["AuditEntry"], "details"> & { details: Record<string, unknown> | null };
