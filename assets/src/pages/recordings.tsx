// All recordings: what is whole, what is not, what belongs nowhere, and the trash. Every filter is in the address.
import { useState } from "preact/hooks";
import { api } from "../api";
import { Empty } from "../components/empty";
import { Show } from "../components/loaded";
import { PageHead } from "../components/page";
import { Pager } from "../components/pager";
import { StorageMeter } from "../components/storage-meter";
import { useQuery, useReloadEvery } from "../query";
import { route } from "../router";
import { t } from "../texts";
import type { Page, Recording } from "../types";
import { isFiltered } from "./filters";
import { RecordingFilters, toQuery } from "./recording-filters";
import { RecordingForm } from "./recording-form";
import { Scan } from "./recording-scan";
import { aboutRecordings, RecordingTable, recordingName } from "./recording-table";
import { useTrash } from "./recording-trash";
import { Upload } from "./recording-upload";

/** That a file or its copy grows is told by no event. */
const GROWING_MS = 10_000;
const GROWING = ["growing", "recording", "uploading"];

export function Recordings() {
  const { query } = route.value;
  const [assigned, setAssigned] = useState<Recording | null>(null);
  const recordings = useQuery(
    `recordings?${query}`,
    (signal) => api.get<Page<Recording>>("v1/recordings", toQuery(query), signal),
    aboutRecordings,
  );
  const grows = recordings.data?.items.some((one) => GROWING.includes(one.state)) ?? false;
  useReloadEvery(grows ? GROWING_MS : 0, recordings);
  const trash = useTrash(recordings.reload);
  const view = query.get("view") ?? "";
  const actions = { unmatched: (one: Recording) => <Assign recording={one} onAssign={setAssigned} />, trashed: trash.buttons }[view];
  return (
    <>
      <PageHead
        title={t.recordings.title}
        lead={t.recordings.leads[view] ?? t.recordings.lead}
        actions={
          <>
            <Scan onDone={recordings.reload} />
            <Upload onDone={recordings.reload} />
          </>
        }
      />
      <StorageMeter />
      <RecordingFilters query={query} />
      <Show from={recordings} lines={8}>
        {(page) =>
          page.items.length > 0 ? (
            <>
              <RecordingTable recordings={page.items} caption={t.recordings.title} busy={recordings.busy} actions={actions} />
              <Pager next={page.next_cursor} />
            </>
          ) : (
            <Nothing query={query} />
          )
        }
      </Show>
      {assigned && <RecordingForm recording={assigned} assign onDone={recordings.reload} onClose={() => setAssigned(null)} />}
      {trash.dialog}
    </>
  );
}

function Assign({ recording, onAssign }: { recording: Recording; onAssign: (recording: Recording) => void }) {
  return (
    <button
      type="button"
      class="button small"
      aria-label={t.recordings.assignWhat(recordingName(recording))}
      onClick={() => onAssign(recording)}
    >
      {t.recordings.assign}
    </button>
  );
}

function Nothing({ query }: { query: URLSearchParams }) {
  const others = [...query.keys()].some((name) => !["view", "cursor"].includes(name));
  const text = others ? undefined : t.recordings.nothing[query.get("view") ?? ""];
  if (text) return <Empty icon="check" title={t.recordings.nothingTitle} text={text} />;
  if (!isFiltered(query)) return <Empty icon="record" title={t.recordings.emptyTitle} text={t.recordings.empty} />;
  return (
    <Empty icon="search" title={t.recordings.nothingTitle} text={t.recordings.noMatch}>
      <a class="button" href="#/recordings">
        {t.common.clear}
      </a>
    </Empty>
  );
}
