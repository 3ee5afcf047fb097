// The search over room names, bound to the address.
import { useEffect, useRef } from "preact/hooks";
import { href, replace } from "../router";
import { t } from "../texts";

const TYPING_MS = 250;

export function RoomSearch({ q }: { q: string }) {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = (value: string) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => replace(href("rooms", { q: value.trim() })), TYPING_MS);
  };
  return (
    <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
      <div class="field grow">
        <label for="room-search">{t.rooms.search}</label>
        <input id="room-search" type="search" value={q} onInput={(event) => type(event.currentTarget.value)} />
      </div>
    </form>
  );
}
