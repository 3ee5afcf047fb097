// The filters of the list of recordings, bound to the address.
import { useId } from "preact/hooks";
import { dayToIso } from "../format";
import { t } from "../texts";
import { DayField, filtersOf, isFiltered, RoomField, SearchField } from "./filters";

const LIMIT = 50;
const VIEWS = ["", "ready", "unmatched", "truncated", "missing", "trashed", "deleted"] as const;

/** The filters as the API takes them. */
export function toQuery(query: URLSearchParams) {
  const text = (name: string) => query.get(name) ?? undefined;
  const view = query.get("view") ?? "";
  return {
    state: view === "unmatched" ? undefined : view || undefined,
    matched: view === "unmatched" ? false : undefined,
    q: text("q"),
    room: text("room"),
    from: dayToIso(query.get("from") ?? ""),
    // People mean the day they name to be included.
    to: dayToIso(query.get("to") ?? "", 1),
    cursor: text("cursor"),
    limit: LIMIT,
  };
}

export function RecordingFilters({ query }: { query: URLSearchParams }) {
  const id = useId();
  const filters = filtersOf("recordings", query);
  const view = filters.value("view");
  return (
    <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
      <SearchField filters={filters} label={t.recordings.search} />
      <div class="field">
        <label for={id}>{t.recordings.show}</label>
        <select id={id} value={view} onChange={(event) => filters.set("view", event.currentTarget.value)}>
          {VIEWS.map((one) => (
            <option key={one} value={one} selected={view === one}>
              {t.recordings.views[one || "all"]}
            </option>
          ))}
        </select>
      </div>
      <RoomField filters={filters} />
      <DayField filters={filters} name="from" label={t.meetings.from} />
      <DayField filters={filters} name="to" label={t.meetings.to} />
      {isFiltered(query) && (
        <a class="button quiet small" href="#/recordings">
          {t.common.clear}
        </a>
      )}
    </form>
  );
}
