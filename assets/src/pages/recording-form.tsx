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
import { recordingName } from "./recording-table";

const MEETINGS_LISTED = 200;
const TITLE_MAX = 200;

interface Props {
  recording: Recording;
  /** Only the meeting is asked for. */
  assign?: boolean;
  onDone: () => void;
  onClose: () => void;
}

export function RecordingForm({ recording, assign, onDone, onClose }: Props) {
  const at = new Date(recording.started_at).getTime();
  const around = { from: startOfDay(at, -1).toISOString(), to: startOfDay(at, 2).toISOString(), limit: MEETINGS_LISTED };
  const meetings = useQuery(`recordings/meetings/${around.from}`, (signal) => api.get<Page<Meeting>>("v1/meetings", around, signal));
  const began = (meeting: Meeting) => meeting.started_at ?? meeting.start_date;
  const distance = (meeting: Meeting) => Math.abs(new Date(began(meeting)).getTime() - at);
  const choices = [...(meetings.data?.items ?? [])]
    .sort((a, b) => distance(a) - distance(b))
    .map((meeting) => ({ value: meeting.id, label: `${meeting.room ?? meeting.room_name}, ${dateTime(began(meeting))}` }));
  const { meeting_id } = recording;
  if (meeting_id && !choices.some((choice) => choice.value === meeting_id)) {
    choices.unshift({ value: meeting_id, label: recording.room ?? recording.room_name ?? meeting_id });
  }
  const save = async (data: FormData) => {
    const meeting = textOf(data, "meeting_id");
    const change: Record<string, string | null> = assign ? {} : { title: textOf(data, "title") || null };
    // Left as it is, it may still be found by itself.
    if (meeting !== (meeting_id ?? "")) change["meeting_id"] = meeting || null;
    await api.patch(`v1/recordings/${segment(recording.id)}`, change);
    toast(t.recordings.saved);
    onDone();
    onClose();
  };
  return (
    <Dialog title={assign ? t.recordings.assignTitle : t.recordings.editTitle} onClose={onClose}>
      <Form submit={assign ? t.recordings.assign : t.common.save} onSubmit={save} onCancel={onClose}>
        {assign ? (
          <p>{t.recordings.assignText(recordingName(recording), dateTime(recording.started_at))}</p>
        ) : (
          <TextField
            name="title"
            label={t.recordings.titleField}
            hint={t.recordings.titleHint}
            optional
            input={{ maxLength: TITLE_MAX, defaultValue: recording.title ?? "" }}
          />
        )}
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
