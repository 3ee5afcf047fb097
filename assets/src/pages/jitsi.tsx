// What of Jitsi is connected: our module in each Prosody, and the recorders. Neither is an event of the log, so it is
// asked for again now and then.
import { api } from "../api";
import { Badge, type Tone } from "../components/badge";
import { Empty } from "../components/empty";
import { Show } from "../components/loaded";
import { PageHead } from "../components/page";
import { type Column, Table } from "../components/table";
import { Time } from "../components/time";
import { number } from "../format";
import { type Loaded, useQuery, useReloadEvery } from "../query";
import { href, segment } from "../router";
import { t } from "../texts";
import type { Page, ProsodyModule, ProsodyModules, Recorder } from "../types";

const LOOK_AGAIN_MS = 5_000;
const RECORDERS_MOST = 200;

export function Jitsi() {
  const modules = useQuery("jitsi/modules", (signal) => api.get<ProsodyModules>("v1/jitsi/modules", {}, signal));
  const recorders = useQuery("recorders", (signal) => api.get<Page<Recorder>>("v1/recorders", { limit: RECORDERS_MOST }, signal));
  useReloadEvery(LOOK_AGAIN_MS, modules, recorders);
  return (
    <>
      <PageHead title={t.jitsi.title} lead={t.jitsi.lead} />
      <Part id="modules" title={t.jitsi.modules} none={t.jitsi.noModules} from={modules} columns={MODULE} keyOf={(module) => module.host} />
      <Part id="recorders" title={t.jitsi.recorders} none={t.jitsi.noRecorders} from={recorders} columns={RECORDER} keyOf={(recorder) => recorder.id} />
      <p class="muted more">
        {t.jitsi.wrong} <a href={href("doctor")}>{t.nav.doctor}</a>
      </p>
    </>
  );
}

interface PartProps<T> {
  id: string;
  title: string;
  none: { title: string; text: string };
  from: Loaded<{ items: T[] }>;
  columns: Column<T>[];
  keyOf: (item: T) => string;
}

function Part<T>({ id, title, none, from, columns, keyOf }: PartProps<T>) {
  return (
    <section aria-labelledby={id}>
      <div class="section-head">
        <h2 id={id}>{title}</h2>
      </div>
      <Show from={from} lines={2}>
        {({ items }) =>
          items.length === 0 ? <Empty icon="jitsi" {...none} /> : <Table caption={title} columns={columns} rows={items} id={keyOf} />
        }
      </Show>
    </section>
  );
}

const MODULE: Column<ProsodyModule>[] = [
  { name: "host", label: t.jitsi.host, head: true, cell: (module) => <span class="wrap">{module.host}</span> },
  {
    name: "state",
    label: t.jitsi.state,
    cell: (module) => <Badge tone={module.is_connected ? "good" : "bad"}>{module.is_connected ? t.jitsi.connected : t.jitsi.silent}</Badge>,
  },
  { name: "seen", label: t.jitsi.seen, cell: (module) => <Time at={module.last_seen} kind="ago" /> },
  { name: "conferences", label: t.jitsi.conferences, numeric: true, cell: (module) => number(module.conferences) },
  { name: "pending", label: t.jitsi.pending, numeric: true, cell: (module) => number(module.events_pending) },
  { name: "lost", label: t.jitsi.lost, numeric: true, cell: (module) => number(module.events_dropped + module.events_refused) },
  {
    name: "version",
    label: t.jitsi.version,
    minor: true,
    cell: (module) => (
      <>
        {module.version} <span class="sub">Prosody {module.prosody}</span>
      </>
    ),
  },
];

const TONES: Record<Recorder["state"], Tone> = { idle: "good", busy: "live", expired: "warn", unhealthy: "bad", silent: "bad" };

const RECORDER: Column<Recorder>[] = [
  { name: "id", label: t.jitsi.recorder, head: true, cell: (recorder) => <span class="wrap">{recorder.id}</span> },
  {
    name: "state",
    label: t.jitsi.state,
    cell: (recorder) => (
      <span class="wrap">
        <Badge tone={TONES[recorder.state]}>{t.jitsi.states[recorder.state]}</Badge>
        {wrongWith(recorder).map((line) => (
          <span key={line} class="sub">
            {line}
          </span>
        ))}
      </span>
    ),
  },
  { name: "since", label: t.jitsi.since, cell: (recorder) => <Time at={recorder.since} kind="ago" /> },
  {
    name: "meeting",
    label: t.jitsi.meeting,
    cell: ({ meeting }) => (meeting ? <a href={href(`meetings/${segment(meeting.id)}`)}>{meeting.room_name}</a> : "–"),
  },
  { name: "seen", label: t.jitsi.seen, cell: (recorder) => <Time at={recorder.last_seen_at} kind="ago" /> },
];

/** What it says is wrong with its parts, and why its last session failed. */
function wrongWith({ health, session }: Recorder): string[] {
  const parts = health.filter((part) => !part.healthy).map((part) => [part.name, part.message].filter(Boolean).join(": "));
  return session?.failure ? [...parts, t.jitsi.failed(session.failure)] : parts;
}
