// The filters of the meeting list, bound to the address.
import { t } from "../texts";
import { DayField, filtersOf, isFiltered, RoomField, SearchField } from "./filters";

const STATES = ["", "live", "ended"] as const;

export function MeetingFilters({ query }: { query: URLSearchParams }) {
  const filters = filtersOf("meetings", query);
  return (
    <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
      <SearchField filters={filters} label={t.meetings.search} />
      <RoomField filters={filters} />
      <DayField filters={filters} name="from" label={t.meetings.from} />
      <DayField filters={filters} name="to" label={t.meetings.to} />
      <div class="switch wide" role="group" aria-label={t.meetings.state}>
        {STATES.map((state) => (
          <button key={state} type="button" aria-pressed={filters.value("state") === state} onClick={() => filters.set("state", state)}>
            {t.meetings.states[state || "all"]}
          </button>
        ))}
      </div>
      {isFiltered(query) && (
        <a class="button quiet small" href="#/meetings">
          {t.common.clear}
        </a>
      )}
    </form>
  );
}
