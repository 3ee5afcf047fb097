// The first page: what runs now, what ran lately, and for a newcomer what to do next.
import { api } from "../api";
import { PageHead } from "../components/page";
import { Show } from "../components/loaded";
import { startOfDay } from "../format";
import { now } from "../now";
import { useQuery } from "../query";
import { t } from "../texts";
import type { LogEvent, Meeting, Page, Room } from "../types";
import { FirstSteps } from "./first-steps";
import { Knocks } from "./knocks";
import { LiveMeetings } from "./live-meetings";
import { MeetingTable } from "./meeting-table";
import { Numbers } from "./numbers";

const PAGE = 200;
// A week with more meetings than this is counted as "at least".
const WEEK_PAGES_MAX = 5;
const LAST_SHOWN = 8;
const DAYS = 7;

export interface Week {
  meetings: Meeting[];
  complete: boolean;
}

async function loadWeek(from: string, signal: AbortSignal): Promise<Week> {
  const meetings: Meeting[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < WEEK_PAGES_MAX; page++) {
    const next: Page<Meeting> = await api.get("v1/meetings", { from, limit: PAGE, cursor: cursor ?? undefined }, signal);
    meetings.push(...next.items);
    cursor = next.next_cursor;
    if (!cursor) return { meetings, complete: true };
  }
  return { meetings, complete: false };
}

export const aboutMeetings = (event: LogEvent) => event.meeting_id !== null;
export const aboutRooms = (event: LogEvent) => event.type.startsWith("room.") || event.type.startsWith("meeting.");

export function Overview() {
  const from = startOfDay(now.value, 1 - DAYS).toISOString();
  const live = useQuery(
    "overview/live",
    (signal) => api.get<Page<Meeting>>("v1/meetings", { active: true, limit: PAGE }, signal),
    aboutMeetings,
  );
  const last = useQuery(
    "overview/last",
    (signal) => api.get<Page<Meeting>>("v1/meetings", { active: false, limit: LAST_SHOWN }, signal),
    aboutMeetings,
  );
  const week = useQuery(`overview/week/${from}`, (signal) => loadWeek(from, signal), aboutMeetings);
  const rooms = useQuery("overview/rooms", (signal) => api.get<Page<Room>>("v1/rooms", { limit: 1 }, signal), aboutRooms);

  const anyMeeting = Boolean(live.data?.items.length || last.data?.items.length);
  const newcomer = rooms.data && live.data && last.data && !anyMeeting;
  if (newcomer) {
    return (
      <>
        <PageHead title={t.overview.title} />
        <FirstSteps room={rooms.data?.items[0]} />
      </>
    );
  }
  return (
    <>
      <PageHead title={t.overview.title} />
      <Knocks />
      <Show from={live} lines={3}>
        {(page) => <LiveMeetings meetings={page.items} />}
      </Show>
      <Show from={week} lines={3}>
        {(data) => <Numbers week={data} />}
      </Show>
      <section aria-labelledby="last">
        <div class="section-head">
          <h2 id="last">{t.overview.last}</h2>
          <a href="#/meetings">{t.overview.all}</a>
        </div>
        <Show from={last}>{(page) => <MeetingTable meetings={page.items} caption={t.overview.last} />}</Show>
      </section>
    </>
  );
}
