// All recordings: what is whole, what is not, what belongs nowhere, and the trash. Every filter is in the address.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { api, asProblem } from "../api";
import { Empty } from "../components/empty";
import { Show } from "../components/loaded";
import { PageHead } from "../components/page";
import { Pager } from "../components/pager";
import { useQuery, useReloadEvery } from "../query";
import { href, replace, route } from "../router";
import { t } from "../texts";
import { toast } from "../toast";
import type { Page, Recording } from "../types";
import { aboutRecordings, RecordingTable } from "./recording-table";

const LIMIT = 50;
const TYPING_MS = 250;
/** What grows tells of no event. */
const GROWING_MS = 10_000;
/** More steps than any pile of recordings takes. */
const STEPS_MAX = 10_000;
const VIEWS = ["", "unmatched", "truncated", "missing", "trashed", "deleted"] as const;
function toQuery(query: URLSearchParams) {
  const view = query.get("view") ?? "";
  return {
    state: view === "unmatched" ? undefined : view || undefined,
    matched: view === "unmatched" ? false : undefined,
    q: query.get("q") ?? undefined,
    cursor: query.get("cursor") ?? undefined,
    limit: LIMIT,
  };
}

export function Recordings() {
  const { query } = route.value;
  const recordings = useQuery(
    `recordings?${query}`,
    (signal) => api.get<Page<Recording>>("v1/recordings", toQuery(query), signal),
    aboutRecordings,
  );
  const grows = recordings.data?.items.some((one) => one.state === "growing" || one.state === "recording") ?? false;
  useReloadEvery(grows ? GROWING_MS : 0, recordings);
  return (
    <>
      <PageHead title={t.recordings.title} lead={t.recordings.lead} actions={<Scan onDone={recordings.reload} />} />
      <Filters query={query} />
      <Show from={recordings} lines={8}>
        {(page) =>
          page.items.length > 0 ? (
            <>
              <RecordingTable recordings={page.items} caption={t.recordings.title} busy={recordings.busy} />
              <Pager next={page.next_cursor} />
            </>
          ) : (
            <Nothing query={query} />
          )
        }
      </Show>
    </>
  );
}

interface ScanStep {
  new: number;
  changed: number;
  gone: number;
  troubles: string[];
  next_cursor: string | null;
}

function Scan({ onDone }: { onDone: () => void }) {
  const [busy, setBusy] = useState(false);
  const scan = async () => {
    if (busy) return;
    setBusy(true);
    try {
      let cursor: string | null = null;
      let found = 0;
      for (let step = 0; step < STEPS_MAX; step++) {
        const done: ScanStep = await api.post<ScanStep>("v1/recordings/scan", cursor ? { cursor } : {});
        found += done.new + done.changed + done.gone;
        for (const trouble of done.troubles) toast(trouble, "bad");
        cursor = done.next_cursor;
        if (!cursor) break;
      }
      toast(t.recordings.scanned(found));
      onDone();
    } catch (error) {
      toast(asProblem(error).message, "bad");
    } finally {
      setBusy(false);
    }
  };
  return (
    <button type="button" class="button" aria-disabled={busy} onClick={scan}>
      {busy ? t.common.working : t.recordings.scan}
    </button>
  );
}

function Filters({ query }: { query: URLSearchParams }) {
  const id = useId();
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const set = (name: string, value: string) =>
    replace(href("recordings", { ...Object.fromEntries(query), cursor: undefined, [name]: value }));
  const type = (value: string) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => set("q", value), TYPING_MS);
  };
  return (
    <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
      <div class="field grow">
        <label for={`${id}q`}>{t.recordings.search}</label>
        <input id={`${id}q`} type="search" value={query.get("q") ?? ""} onInput={(event) => type(event.currentTarget.value)} />
      </div>
      <div class="field">
        <label for={`${id}view`}>{t.recordings.show}</label>
        <select id={`${id}view`} value={query.get("view") ?? ""} onChange={(event) => set("view", event.currentTarget.value)}>
          {VIEWS.map((view) => (
            <option key={view} value={view} selected={(query.get("view") ?? "") === view}>
              {t.recordings.views[view || "all"]}
            </option>
          ))}
        </select>
      </div>
    </form>
  );
}

function Nothing({ query }: { query: URLSearchParams }) {
  const view = query.get("view") ?? "";
  if (query.get("q")) return <Empty icon="search" title={t.recordings.nothingTitle} text={t.recordings.noMatch} />;
  const text = t.recordings.nothing[view];
  if (text) return <Empty icon="check" title={t.recordings.nothingTitle} text={text} />;
  return <Empty icon="record" title={t.recordings.emptyTitle} text={t.recordings.empty} />;
}
