// All meetings. Every filter is in the address, so that a view can be linked and gone back to.
import { api } from "../api";
import { Empty } from "../components/empty";
import { Show } from "../components/loaded";
import { PageHead } from "../components/page";
import { Pager } from "../components/pager";
import { dayToIso } from "../format";
import { useQuery } from "../query";
import { route } from "../router";
import { t } from "../texts";
import type { Meeting, Page } from "../types";
import { MeetingFilters } from "./meeting-filters";
import { MeetingTable } from "./meeting-table";
import { aboutMeetings } from "./overview";

const LIMIT = 50;

function toQuery(query: URLSearchParams) {
  const text = (name: string) => query.get(name) ?? undefined;
  const state = query.get("state");
  return {
    room: text("room"),
    q: text("q"),
    active: state === "live" ? true : state === "ended" ? false : undefined,
    from: dayToIso(query.get("from") ?? ""),
    // People mean the day they name to be included.
    to: dayToIso(query.get("to") ?? "", 1),
    cursor: text("cursor"),
    limit: LIMIT,
  };
}

export function Meetings() {
  const { query } = route.value;
  const meetings = useQuery(
    `meetings?${query}`,
    (signal) => api.get<Page<Meeting>>("v1/meetings", toQuery(query), signal),
    aboutMeetings,
  );
  const filtered = [...query.keys()].length > 0;
  return (
    <>
      <PageHead title={t.meetings.title} />
      <MeetingFilters query={query} />
      <Show from={meetings} lines={8}>
        {(page) =>
          page.items.length > 0 ? (
            <>
              <MeetingTable meetings={page.items} caption={t.meetings.title} busy={meetings.busy} />
              <Pager next={page.next_cursor} />
            </>
          ) : (
            <Nothing filtered={filtered} />
          )
        }
      </Show>
    </>
  );
}

function Nothing({ filtered }: { filtered: boolean }) {
  if (filtered) {
    return (
      <Empty icon="search" title={t.meetings.noMatchTitle} text={t.meetings.noMatch}>
        <a class="button" href="#/meetings">
          {t.common.clear}
        </a>
      </Empty>
    );
  }
  return (
    <Empty icon="meetings" title={t.meetings.emptyTitle} text={t.meetings.empty}>
      <a class="button primary" href="#/rooms">
        {t.overview.step3Action}
      </a>
    </Empty>
  );
}
