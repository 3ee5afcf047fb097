// One meeting: what it was, who was in it and when, what was recorded, and the events all of that comes from.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { api } from "../api";
import { Confirm } from "../components/confirm";
import { CopyButton } from "../components/copy";
import { Facts } from "../components/facts";
import { Icon } from "../components/icon";
import { Show } from "../components/loaded";
import { PageHead } from "../components/page";
import { Time } from "../components/time";
import { useQuery } from "../query";
import { href, segment } from "../router";
import { t } from "../texts";
import { toast } from "../toast";
import type { MeetingDetail } from "../types";
import { Attendance } from "./attendance";
import { Control } from "./control";
import { Knocks } from "./knocks";
import { MeetingEvents } from "./meeting-events";
import { MeetingLinksDialog } from "./meeting-links";
import { MeetingRecordings } from "./meeting-recordings";
import { MeetingDuration, MeetingState } from "./meeting-table";

export function MeetingPage({ id }: { id: string }) {
  const [dialog, setDialog] = useState<"end" | "links" | null>(null);
  const close = () => setDialog(null);
  const path = `v1/meetings/${segment(id)}`;
  const meeting = useQuery(
    `meetings/${id}`,
    (signal) => api.get<MeetingDetail>(path, {}, signal),
    (event) => event.meeting_id === id,
  );
  const end = async () => {
    await api.post(`${path}/end`);
    toast(t.meeting.endedNow);
    meeting.reload();
  };
  return (
    <Show from={meeting} lines={8}>
      {(data) => (
        <>
          <PageHead
            title={data.room ?? data.room_name}
            back={<Back />}
            lead={<Lead meeting={data} />}
            actions={data.is_active && <Actions open={setDialog} />}
          />
          {data.is_active && data.room_id && <Knocks room={data.room_id} />}
          <MeetingFacts meeting={data} />
          {data.is_active && data.platform === "jitsi" && <Control meeting={data} />}
          <Attendance meeting={data} />
          <MeetingRecordings meeting={data} />
          {data.consents.length > 0 && <Consents consents={data.consents} />}
          <MeetingEvents id={id} events={data.events} />
          {dialog === "links" && <MeetingLinksDialog meeting={data} onClose={close} />}
          {dialog === "end" && (
            <Confirm title={t.meeting.endTitle} text={t.meeting.endText} action={t.meeting.end} onConfirm={end} onClose={close} />
          )}
        </>
      )}
    </Show>
  );
}

function Back() {
  return (
    <a class="back" href="#/meetings">
      <Icon name="back" /> {t.meeting.back}
    </a>
  );
}

function Actions({ open }: { open: (dialog: "end" | "links") => void }) {
  return (
    <>
      <button type="button" class="button" onClick={() => open("end")}>
        <Icon name="stop" /> {t.meeting.end}
      </button>
      <button type="button" class="button primary" onClick={() => open("links")}>
        <Icon name="link" /> {t.meeting.links}
      </button>
    </>
  );
}

function Lead({ meeting }: { meeting: MeetingDetail }) {
  return (
    <div class="inline">
      <MeetingState meeting={meeting} />
      {meeting.room && (
        <span>
          {t.meeting.inRoomNamed} <a href={href(`rooms/${segment(meeting.room)}`)}>{meeting.room}</a>
        </span>
      )}
      {meeting.ad_hoc && <span>{t.meetings.adHocHint}</span>}
      <span class="inline muted">
        <code title={t.meeting.platformName}>{meeting.room_name}</code>
        <CopyButton value={meeting.room_name} what={t.meeting.platformName} iconOnly />
      </span>
    </div>
  );
}

const fact = (label: string, value: ComponentChildren): [string, ComponentChildren] => [label, value];

function MeetingFacts({ meeting }: { meeting: MeetingDetail }) {
  const present = meeting.participants.filter((person) => person.is_present).length;
  const reason = meeting.end_reason ? (t.meeting.reasons[meeting.end_reason] ?? meeting.end_reason) : null;
  return (
    <Facts
      facts={[
        meeting.started_at
          ? [t.meeting.started, <Time at={meeting.started_at} />]
          : [t.meeting.created, <Time at={meeting.created_at} />],
        ...(meeting.ended_at ? [fact(t.meeting.ended, <Ended at={meeting.ended_at} reason={reason} />)] : []),
        ...(meeting.is_active && !meeting.started_at ? [fact(t.meeting.endsBy, <Time at={meeting.end_date} />)] : []),
        [t.meeting.duration, <MeetingDuration meeting={meeting} />],
        [t.meeting.people, <People total={meeting.participants.length} present={meeting.is_active ? present : 0} />],
        [t.meeting.peak, meeting.peak_participants],
      ]}
    />
  );
}

function Consents({ consents }: { consents: MeetingDetail["consents"] }) {
  return (
    <section aria-labelledby="consents">
      <div class="section-head">
        <h2 id="consents">{t.meeting.consents}</h2>
      </div>
      <ul class="card consents">
        {consents.map((consent) => (
          <li key={`${consent.user_id} ${consent.given_at}`}>
            {consent.name} {!consent.granted && <strong>{t.meeting.denied}</strong>}
            <span class="sub">
              <Time at={consent.given_at} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Ended({ at, reason }: { at: string; reason: string | null }) {
  return (
    <>
      <Time at={at} />
      {reason && <span class="sub">{reason}</span>}
    </>
  );
}

function People({ total, present }: { total: number; present: number }) {
  return (
    <>
      {total}
      {present > 0 && <span class="sub">{t.meeting.present(present)}</span>}
    </>
  );
}
