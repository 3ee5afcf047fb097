// The parts of a list's filters. What is chosen stands in the address, and every change leads to the first page.
import { useEffect, useId, useRef } from "preact/hooks";
import { api } from "../api";
import { useQuery } from "../query";
import { href, replace } from "../router";
import { t } from "../texts";
import type { Page, Room } from "../types";
import { aboutRooms } from "./overview";

const TYPING_MS = 250;
const ROOMS_LISTED = 200;

export interface Filters {
  value: (name: string) => string;
  set: (name: string, value: string) => void;
}

/** The filters of the list at `path`. */
export function filtersOf(path: string, query: URLSearchParams): Filters {
  return {
    value: (name) => query.get(name) ?? "",
    set: (name, value) => replace(href(path, { ...Object.fromEntries(query), cursor: undefined, [name]: value })),
  };
}

export const isFiltered = (query: URLSearchParams) => [...query.keys()].some((name) => name !== "cursor");

export function SearchField({ filters, label }: { filters: Filters; label: string }) {
  const id = useId();
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = (value: string) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => filters.set("q", value), TYPING_MS);
  };
  return (
    <div class="field grow">
      <label for={id}>{label}</label>
      <input id={id} type="search" value={filters.value("q")} onInput={(event) => type(event.currentTarget.value)} />
    </div>
  );
}

export function RoomField({ filters }: { filters: Filters }) {
  const id = useId();
  const rooms = useQuery("rooms/names", (signal) => api.get<Page<Room>>("v1/rooms", { limit: ROOMS_LISTED }, signal), aboutRooms);
  const names = (rooms.data?.items ?? []).map((room) => room.name).sort();
  // A deleted room keeps what was in it, so its name may stand in the address and not in the list.
  const chosen = filters.value("room");
  if (chosen && !names.includes(chosen)) names.unshift(chosen);
  return (
    <div class="field">
      <label for={id}>{t.meetings.room}</label>
      <select id={id} value={chosen} onChange={(event) => filters.set("room", event.currentTarget.value)}>
        <option value="">{t.meetings.allRooms}</option>
        {names.map((name) => (
          <option key={name} value={name} selected={name === chosen}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}

export function DayField({ filters, name, label }: { filters: Filters; name: "from" | "to"; label: string }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input id={id} type="date" value={filters.value(name)} onChange={(event) => filters.set(name, event.currentTarget.value)} />
    </div>
  );
}
