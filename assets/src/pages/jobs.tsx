// What is still to be done: what was given up and needs somebody, what is tried again, what runs, and what waits. No event
// tells of jobs, so the page asks again every few seconds.
import type { ComponentChildren } from "preact";
import { api, asProblem } from "../api";
import { Badge, type Tone } from "../components/badge";
import { Empty } from "../components/empty";
import { ProblemNote } from "../components/problem";
import { PageHead } from "../components/page";
import { type Column, Table } from "../components/table";
import { Time } from "../components/time";
import { number } from "../format";
import { type Loaded, useQuery, useReloadEvery } from "../query";
import { href, segment } from "../router";
import { t } from "../texts";
import { toast } from "../toast";
import type { Job, Page } from "../types";

const EVERY_MS = 3_000;
const LIMIT = 50;

type Standing = Job["state"];
/** Those that need somebody come first. */
const STANDINGS: Standing[] = ["given_up", "retrying", "running", "waiting"];
const TONES: Record<Standing, Tone> = { given_up: "bad", retrying: "warn", running: "live", waiting: "quiet" };

function useJobs(state: Standing): Loaded<Page<Job>> {
  return useQuery(`jobs/${state}`, (signal) => api.get<Page<Job>>("v1/jobs", { state, limit: LIMIT }, signal));
}

export function Jobs() {
  const lists = STANDINGS.map((state) => ({ state, jobs: useJobs(state) }));
  const loads = lists.map(({ jobs }) => jobs);
  useReloadEvery(EVERY_MS, ...loads);
  const reload = () => loads.forEach((one) => one.reload());
  const problem = loads.find((one) => one.problem)?.problem;
  const isLoaded = loads.every((one) => one.data);
  const isIdle = isLoaded && loads.every((one) => one.data?.items.length === 0);
  return (
    <>
      <PageHead title={t.jobs.title} lead={t.jobs.lead} />
      {problem && <ProblemNote problem={problem} onRetry={reload} />}
      {!isLoaded && !problem && (
        <p class="muted" role="status">
          {t.common.loading}
        </p>
      )}
      {isIdle && <Empty icon="check" title={t.jobs.idleTitle} text={t.jobs.idle} />}
      {lists.map(({ state, jobs }) => jobs.data && jobs.data.items.length > 0 && <Section key={state} state={state} page={jobs.data} onDone={reload} />)}
    </>
  );
}

function Section({ state, page, onDone }: { state: Standing; page: Page<Job>; onDone: () => void }) {
  const title = t.jobs.standings[state];
  const count = page.next_cursor ? t.units.atLeast(number(page.items.length)) : number(page.items.length);
  return (
    <section aria-labelledby={state}>
      <div class="section-head">
        <h2 id={state}>
          {title} <span class="muted">{count}</span>
        </h2>
      </div>
      <Table caption={title} columns={columnsOf(state, onDone)} rows={page.items} id={(job) => job.id} />
      {page.next_cursor && <p class="muted more">{t.jobs.first(page.items.length)}</p>}
    </section>
  );
}

function columnsOf(state: Standing, onDone: () => void): Column<Job>[] {
  const columns: Column<Job>[] = [
    { name: "what", label: t.jobs.what, head: true, cell: (job) => <What job={job} /> },
    { name: "state", label: t.jobs.state, cell: (job) => <Badge tone={TONES[job.state]}>{t.jobs.states[job.state]}</Badge> },
    { name: "when", label: t.jobs.when[state], cell: (job) => <When job={job} /> },
  ];
  if (state === "waiting") return columns;
  columns.push({ name: "tries", label: t.jobs.tries, numeric: true, minor: state === "running", cell: (job) => number(job.attempts) });
  if (state === "running") return columns;
  columns.push({ name: "why", label: t.jobs.why, cell: (job) => <span class="wrap">{job.problem ?? t.jobs.noReason}</span> });
  columns.push({ name: "actions", label: t.common.actions, actions: true, cell: (job) => <Retry job={job} onDone={onDone} /> });
  return columns;
}

const kindOf = (job: Job) => t.jobs.kinds[job.kind] ?? job.kind;

function What({ job }: { job: Job }) {
  const link = (path: string, text: ComponentChildren) => <a href={href(path)}>{text}</a>;
  return (
    <>
      {kindOf(job)}
      {job.recording_id && <span class="sub">{link(`recordings/${segment(job.recording_id)}`, t.jobs.recording)}</span>}
      {job.meeting_id && <span class="sub">{link(`meetings/${segment(job.meeting_id)}`, t.jobs.meeting)}</span>}
    </>
  );
}

function When({ job }: { job: Job }) {
  const at = { given_up: job.given_up_at, running: job.running_since, retrying: job.due_at, waiting: job.due_at }[job.state];
  return <Time at={at ?? null} kind="ago" />;
}

function Retry({ job, onDone }: { job: Job; onDone: () => void }) {
  const retry = async () => {
    try {
      await api.post(`v1/jobs/${segment(job.id)}/retry`);
      toast(t.jobs.retried);
    } catch (error) {
      toast(asProblem(error).message, "bad");
    }
    onDone();
  };
  return (
    <button type="button" class="button small" aria-label={t.jobs.retryWhat(kindOf(job))} onClick={retry}>
      {t.common.retry}
    </button>
  );
}
