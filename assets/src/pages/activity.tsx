// What was changed, by whom, and when.
import { api } from "../api";
import { Empty } from "../components/empty";
import { Show } from "../components/loaded";
import { PageHead } from "../components/page";
import { Pager } from "../components/pager";
import { type Column, Table } from "../components/table";
import { Time } from "../components/time";
import { useQuery } from "../query";
import { href, route, segment } from "../router";
import { t } from "../texts";
import type { AuditEntry, Page } from "../types";

const LIMIT = 50;

const COLUMNS: Column<AuditEntry>[] = [
  {
    name: "what",
    label: t.activity.what,
    head: true,
    cell: ({ action }) => <span title={action}>{t.activity.actions[action] ?? action}</span>,
  },
  { name: "target", label: t.activity.target, cell: (entry) => <Target entry={entry} /> },
  {
    name: "who",
    label: t.activity.who,
    cell: ({ actor }) => {
      const kind = t.activity.kinds[actor.kind] ?? actor.kind;
      return actor.name ? (
        <>
          {actor.name} <span class="muted">({kind})</span>
        </>
      ) : (
        kind
      );
    },
  },
  { name: "when", label: t.activity.when, cell: (entry) => <Time at={entry.at} kind="ago" /> },
  { name: "details", label: t.activity.details, cell: (entry) => <Details details={entry.details} /> },
];

/** What it was done to, by a name people know, and with a way to it where it may still be there. */
function Target({ entry: { action, target, details } }: { entry: AuditEntry }) {
  const known = (name: string) => (typeof details?.[name] === "string" ? (details[name] as string) : undefined);
  if (!target) return <span class="muted">–</span>;
  if (action.startsWith("meeting.")) return <a href={href(`meetings/${segment(target)}`)}>{known("room") ?? target}</a>;
  if (action.startsWith("room.") && action !== "room.delete") return <a href={href(`rooms/${segment(target)}`)}>{target}</a>;
  return <span class="wrap">{known("name") ?? target}</span>;
}

function Details({ details }: { details: AuditEntry["details"] }) {
  if (!details || Object.keys(details).length === 0) return <span class="muted">–</span>;
  return (
    <details class="fold small">
      <summary>{Object.keys(details).join(", ")}</summary>
      <pre tabIndex={0} role="region" aria-label={t.activity.details}>
        {JSON.stringify(details, null, 2)}
      </pre>
    </details>
  );
}

export function Activity() {
  const cursor = route.value.query.get("cursor") ?? undefined;
  const entries = useQuery(`audit/${cursor ?? ""}`, (signal) => api.get<Page<AuditEntry>>("v1/audit", { cursor, limit: LIMIT }, signal));
  return (
    <>
      <PageHead title={t.activity.title} lead={t.activity.lead} />
      <Show from={entries} lines={8}>
        {(page) =>
          page.items.length > 0 ? (
            <>
              <Table caption={t.activity.title} columns={COLUMNS} rows={page.items} id={(entry) => entry.seq} busy={entries.busy} />
              <Pager next={page.next_cursor} />
            </>
          ) : (
            <Empty icon="activity" title={t.activity.emptyTitle} text={t.activity.empty} />
          )
        }
      </Show>
    </>
  );
}
