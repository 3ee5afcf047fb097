// The filters of the meeting list, bound to the address.
import { useEffect, useId, useRef } from "preact/hooks";
import { api } from "../api";
import { useQuery } from "../query";
import { href, replace } from "../router";
import { t } from "../texts";
import type { Page, Room } from "../types";
import { aboutRooms } from "./overview";

const TYPING_MS = 250;
const ROOMS_LISTED = 200;
const STATES = ["", "live", "ended"] as const;

export function MeetingFilters({ query }: { query: URLSearchParams }) {
  const id = useId();
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const rooms = useQuery("rooms/names", (signal) => api.get<Page<Room>>("v1/rooms", { limit: ROOMS_LISTED }, signal), aboutRooms);

  const set = (name: string, value: string) => {
    // Another filter is another list: its first page.
    const next: Record<string, string | undefined> = { ...Object.fromEntries(query), cursor: undefined, [name]: value };
    replace(href("meetings", next));
  };
  const type = (value: string) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => set("q", value), TYPING_MS);
  };
  const value = (name: string) => query.get(name) ?? "";
  const names = (rooms.data?.items ?? []).map((room) => room.name).sort();
  // A deleted room keeps its meetings, so its name may stand in the address and not in the list.
  const chosen = value("room");
  if (chosen && !names.includes(chosen)) names.unshift(chosen);
  const filtered = [...query.keys()].some((name) => name !== "cursor");

  return (
    <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
      <div class="field grow">
        <label for={`${id}q`}>{t.meetings.search}</label>
        <input id={`${id}q`} type="search" value={value("q")} onInput={(event) => type(event.currentTarget.value)} />
      </div>
      <div class="field">
        <label for={`${id}room`}>{t.meetings.room}</label>
        <select id={`${id}room`} value={chosen} onChange={(event) => set("room", event.currentTarget.value)}>
          <option value="">{t.meetings.allRooms}</option>
          {names.map((name) => (
            <option key={name} value={name} selected={name === chosen}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <div class="field">
        <label for={`${id}from`}>{t.meetings.from}</label>
        <input id={`${id}from`} type="date" value={value("from")} onChange={(event) => set("from", event.currentTarget.value)} />
      </div>
      <div class="field">
        <label for={`${id}to`}>{t.meetings.to}</label>
        <input id={`${id}to`} type="date" value={value("to")} onChange={(event) => set("to", event.currentTarget.value)} />
      </div>
      <div class="switch wide" role="group" aria-label={t.meetings.state}>
        {STATES.map((state) => (
          <button key={state} type="button" aria-pressed={value("state") === state} onClick={() => set("state", state)}>
            {t.meetings.states[state || "all"]}
          </button>
        ))}
      </div>
      {filtered && (
        <a class="button quiet small" href="#/meetings">
          {t.common.clear}
        </a>
      )}
    </form>
  );
}
