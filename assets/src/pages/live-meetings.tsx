// The meetings that run at this moment, fullest first.
import { Badge } from "../components/badge";
import { Empty } from "../components/empty";
import { Since, Time } from "../components/time";
import { href, segment } from "../router";
import { t } from "../texts";
import type { Meeting } from "../types";

export function LiveMeetings({ meetings }: { meetings: Meeting[] }) {
  const sorted = [...meetings].sort((a, b) => b.num_clients - a.num_clients);
  return (
    <section aria-labelledby="live">
      <div class="section-head">
        <h2 id="live">{t.overview.liveNow}</h2>
      </div>
      {sorted.length === 0 ? (
        <div class="card">
          <Empty icon="meetings" title={t.overview.nobody} text={t.overview.nobodyHint}>
            <a class="button" href="#/rooms">
              {t.overview.startOne}
            </a>
          </Empty>
        </div>
      ) : (
        <ul class="live-grid">
          {sorted.map((meeting) => (
            <li key={meeting.id}>
              <LiveCard meeting={meeting} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function LiveCard({ meeting }: { meeting: Meeting }) {
  return (
    <a class="card live-card" href={href(`meetings/${segment(meeting.id)}`)}>
      <span class="live-name">{meeting.room ?? meeting.room_name}</span>
      {meeting.num_clients > 0 ? <Badge tone="live">{t.meetings.live}</Badge> : <Badge tone="quiet">{t.meetings.open}</Badge>}
      <span class="live-people">
        {meeting.num_clients > 0 ? t.units.people(meeting.num_clients) : t.overview.waitingFor}
      </span>
      {meeting.started_at ? (
        <span class="muted">
          <Since at={meeting.started_at} />, {t.overview.since("")}
          <Time at={meeting.started_at} kind="time" />
        </span>
      ) : (
        <span class="muted">
          <Time at={meeting.created_at} kind="ago" />
        </span>
      )}
    </a>
  );
}
