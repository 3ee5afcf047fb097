// The API's nouns, as the console uses them.

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export type Platform = "jitsi" | "whereby";
export type RecordingType = "none" | "local" | "cloud";
export type RecordingTrigger = "none" | "prompt" | "automatic" | "automatic-2nd-participant";

export interface RoomSettings {
  platform: Platform;
  recording_type: RecordingType;
  recording_trigger: RecordingTrigger;
  is_locked: boolean;
  room_mode: "normal" | "group";
}

export interface Room extends RoomSettings {
  id: string;
  name: string;
  created_at: string;
  updated_at: string;
}

export interface Meeting extends RoomSettings {
  id: string;
  room_id: string | null;
  /** The name on the platform, such as `reflector-standup-k3v9x2ab`. */
  room_name: string;
  /** Our room's name; null for a meeting nobody created here. */
  room: string | null;
  start_date: string;
  end_date: string;
  created_at: string;
  is_active: boolean;
  num_clients: number;
  started_at: string | null;
  ended_at: string | null;
  end_reason: string | null;
  duration_seconds: number | null;
  peak_participants: number;
  ad_hoc: boolean;
}

export interface MeetingLinks extends Meeting {
  room_url: string;
  host_room_url: string;
}

export interface Segment {
  joined_at: string;
  left_at: string | null;
  breakout: string | null;
}

export interface Participant {
  /** Null where no event told it. */
  name: string | null;
  user_id: string | null;
  email: string | null;
  role: "moderator" | "participant";
  is_present: boolean;
  first_joined: string;
  last_left: string | null;
  seconds: number;
  minutes: number;
  segments: Segment[];
}

export interface Recording {
  recording_id: string | null;
  file: string | null;
  status: "recording" | "stopped" | "completed";
  started_at: string | null;
  ended_at: string | null;
  initiator: string | null;
}

export interface LogEvent {
  id: string;
  seq: number;
  type: string;
  timestamp: string;
  source: string;
  meeting_id: string | null;
  room_id: string | null;
  room_name: string | null;
  data: Record<string, unknown>;
}

export interface MeetingDetail extends Meeting {
  participants: Participant[];
  recordings: Recording[];
  events: LogEvent[];
}

export interface JoinLink {
  url: string;
  jwt: string;
  expires_at: string;
}

export interface Session {
  user: { id: string; name: string } | null;
  expires_at: string | null;
}

export interface SessionEntry {
  id: string;
  user: string | { id: string; name: string };
  created_at: string;
  last_seen_at: string;
  expires_at: string;
  client: string;
  current: boolean;
}

export interface Token {
  id: string;
  name: string;
  scopes: string[];
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
  revoked_at: string | null;
}

export interface User {
  id: string;
  name: string;
  created_at: string;
  last_login_at: string | null;
}

export interface AuditEntry {
  seq: number;
  at: string;
  actor: { kind: string; id: string | null; name: string | null };
  action: string;
  target: string | null;
  details: Record<string, unknown> | null;
}
