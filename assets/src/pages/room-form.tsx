// Making a room, and changing one.
import { useState } from "preact/hooks";
import { api, asProblem } from "../api";
import { Dialog } from "../components/dialog";
import { CheckField, SelectField, TextField } from "../components/field";
import { Form, refuse, textOf } from "../components/form";
import { go, href, segment } from "../router";
import { t } from "../texts";
import { toast } from "../toast";
import type { Room } from "../types";
import { RoomMigration } from "./room-migration";
import { RetentionFields, retentionOf } from "./room-retention";

const NAME_MAX = 64;
const PEOPLE_MAX = 1000;

function checkedName(name: string): string {
  const wrong = (detail: string) => refuse({ field: "name", detail });
  if (!name) throw wrong(t.room.nameNeeded);
  if (!/^[A-Za-z0-9-]+$/.test(name)) throw wrong(t.room.nameBad);
  if (name.length > NAME_MAX) throw wrong(t.room.nameLong);
  return name.toLowerCase();
}

/** Nothing is no limit. */
function checkedMost(text: string): number | null {
  if (!text) return null;
  const most = Number(text);
  if (Number.isInteger(most) && most >= 1 && most <= PEOPLE_MAX) return most;
  throw refuse({ field: "max_participants", detail: t.room.mostBad });
}

const choices = (texts: Record<string, string>) => Object.entries(texts).map(([value, label]) => ({ value, label }));

function settings(data: FormData) {
  const recording = textOf(data, "recording_type");
  return {
    name: checkedName(textOf(data, "name")),
    recording_type: recording,
    recording_trigger: recording === "none" ? "none" : textOf(data, "recording_trigger"),
    recording_forbidden: recording === "none" && data.has("recording_forbidden"),
    is_locked: data.has("is_locked"),
    guest_link: data.has("guest_link"),
    guest_start: textOf(data, "guest_start"),
    recording_consent: data.has("recording_consent"),
    max_participants: checkedMost(textOf(data, "max_participants")),
    retention: retentionOf(data),
    on_denial: textOf(data, "on_denial"),
    ...(data.has("room_mode") ? { room_mode: textOf(data, "room_mode") } : {}),
    ...(data.has("platform") ? { platform: textOf(data, "platform") } : {}),
  };
}

/** What of a room can clash: another platform that is not set up, or else the name. */
const clashAt = (field: "name" | "platform") => (error: unknown): never => {
  const problem = asProblem(error);
  throw problem.status === 409 ? refuse({ field, detail: problem.message }) : problem;
};

export function RoomForm({ room, onClose }: { room?: Room; onClose: () => void }) {
  const submit = async (data: FormData) => {
    const body = settings(data);
    if (room) {
      const clash = clashAt(body.name === room.name ? "platform" : "name");
      const saved = await api.patch<Room>(`v1/rooms/${segment(room.id)}`, body).catch(clash);
      toast(t.rooms.saved(saved.name));
      onClose();
      if (saved.name !== room.name) go(href(`rooms/${segment(saved.name)}`));
      return;
    }
    const made = await api.post<Room>("v1/rooms", body).catch(clashAt("name"));
    toast(t.rooms.created(made.name));
    onClose();
    go(href(`rooms/${segment(made.name)}`));
  };
  const title = room ? t.rooms.editTitle(room.name) : t.room.createTitle;
  return (
    <Dialog title={title} onClose={onClose}>
      <Form submit={room ? t.common.save : t.room.createSubmit} onCancel={onClose} onSubmit={submit}>
        <TextField
          name="name"
          label={t.rooms.name}
          hint={t.room.nameHint}
          input={{ defaultValue: room?.name ?? "", autocomplete: "off", autocapitalize: "none", spellcheck: false }}
        />
        <Settings room={room} />
      </Form>
    </Dialog>
  );
}

function Settings({ room }: { room: Room | undefined }) {
  const [recording, setRecording] = useState(room?.recording_type ?? "none");
  const [platform, setPlatform] = useState(room?.platform ?? "jitsi");
  const changed = (event: Event) => {
    const select = event.target as HTMLSelectElement;
    if (select.name === "recording_type") setRecording(select.value as typeof recording);
    if (select.name === "platform") setPlatform(select.value as typeof platform);
  };
  return (
    <div class="form-group" onChange={changed}>
      <SelectField name="platform" label={t.room.platform} choices={choices(t.room.platforms)} value={platform} />
      {room && platform !== room.platform && <RoomMigration key={platform} room={room} platform={platform} />}
      <SelectField name="recording_type" label={t.room.recordingType} choices={choices(t.room.recordingTypes)} value={recording} />
      {recording === "none" ? (
        <CheckField
          name="recording_forbidden"
          label={t.room.forbidden}
          hint={t.room.forbiddenHint}
          checked={room?.recording_forbidden ?? false}
        />
      ) : (
        <SelectField
          name="recording_trigger"
          label={t.room.recordingTrigger}
          choices={choices(t.room.recordingTriggers)}
          value={room?.recording_trigger ?? "none"}
        />
      )}
      {platform === "whereby" && (
        <SelectField
          name="room_mode"
          label={t.room.mode}
          hint={t.room.modeHint}
          choices={choices(t.room.modes)}
          value={room?.room_mode ?? "normal"}
        />
      )}
      <CheckField name="is_locked" label={t.room.locked} hint={t.room.lockedHint} checked={room?.is_locked ?? false} />
      <Guests room={room} />
      <SelectField
        name="on_denial"
        label={t.room.onDenial}
        hint={t.room.onDenialHint}
        choices={choices(t.room.onDenials)}
        value={room?.on_denial ?? "hide"}
      />
      <RetentionFields room={room} />
    </div>
  );
}

/** The room's own link. */
function Guests({ room }: { room: Room | undefined }) {
  return (
    <>
      <CheckField name="guest_link" label={t.room.guestLink} hint={t.room.guestLinkHint} checked={room?.guest_link ?? true} />
      <SelectField
        name="guest_start"
        label={t.room.guestStart}
        choices={choices(t.room.guestStarts)}
        value={room?.guest_start ?? "host"}
      />
      <CheckField name="recording_consent" label={t.room.consent} hint={t.room.consentHint} checked={room?.recording_consent ?? false} />
      <TextField
        name="max_participants"
        label={t.room.most}
        hint={t.room.mostHint}
        optional
        input={{ defaultValue: room?.max_participants?.toString() ?? "", inputmode: "numeric", autocomplete: "off" }}
      />
    </>
  );
}
