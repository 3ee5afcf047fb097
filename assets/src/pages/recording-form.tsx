// A recording's title, and the meeting that it is of.
import { api } from "../api";
import { Dialog } from "../components/dialog";
import { SelectField, TextField } from "../components/field";
import { Form, textOf } from "../components/form";
import { dateTime, startOfDay } from "../format";
import { useQuery } from "../query";
import { segment } from "../router";
import { t } from "../texts";
import { toast } from "../toast";
import type { Meeting, Page, Recording } from "../types";

const MEETINGS_LISTED = 200;
const TITLE_MAX = 200;

interface Props {
  recording: Recording;
  onDone: () => void;
  onClose: () => void;
}

export function RecordingForm({ recording, onDone, onClose }: Props) {
  const at = new Date(recording.started_at).getTime();
  const around = { from: startOfDay(at, -1).toISOString(), to: startOfDay(at, 2).toISOString(), limit: MEETINGS_LISTED };
  const meetings = useQuery(`recordings/meetings/${around.from}`, (signal) => api.get<Page<Meeting>>("v1/meetings", around, signal));
  const choices = (meetings.data?.items ?? []).map((meeting) => ({
    value: meeting.id,
    label: `${meeting.room ?? meeting.room_name}, ${dateTime(meeting.started_at ?? meeting.start_date)}`,
  }));
  const { meeting_id } = recording;
  if (meeting_id && !choices.some((choice) => choice.value === meeting_id)) {
    choices.unshift({ value: meeting_id, label: recording.room ?? recording.room_name ?? meeting_id });
  }
  const save = async (data: FormData) => {
    const [title, meeting] = [textOf(data, "title"), textOf(data, "meeting_id")];
    const change: Record<string, string | null> = { title: title || null };
    // Left as it is, it may still be found by itself.
    if (meeting !== (meeting_id ?? "")) change["meeting_id"] = meeting || null;
    await api.patch(`v1/recordings/${segment(recording.id)}`, change);
    toast(t.recordings.saved);
    onDone();
    onClose();
  };
  return (
    <Dialog title={t.recordings.editTitle} onClose={onClose}>
      <Form submit={t.common.save} onSubmit={save} onCancel={onClose}>
        <TextField
          name="title"
          label={t.recordings.titleField}
          hint={t.recordings.titleHint}
          optional
          input={{ maxLength: TITLE_MAX, defaultValue: recording.title ?? "" }}
        />
        {meetings.data && (
          <SelectField
            name="meeting_id"
            label={t.recordings.meetingField}
            hint={t.recordings.meetingHint}
            value={meeting_id ?? ""}
            choices={[{ value: "", label: t.recordings.noMeeting }, ...choices]}
          />
        )}
      </Form>
    </Dialog>
  );
}
