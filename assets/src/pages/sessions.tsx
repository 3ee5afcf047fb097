// The browsers that are logged in, and the way to log one out.
import { useState } from "preact/hooks";
import { api } from "../api";
import { Badge } from "../components/badge";
import { Confirm } from "../components/confirm";
import { Show } from "../components/loaded";
import { type Column, Table } from "../components/table";
import { Time } from "../components/time";
import { useQuery } from "../query";
import { segment } from "../router";
import { t } from "../texts";
import { toast } from "../toast";
import type { Page, SessionEntry } from "../types";

const LIMIT = 100;
const BROWSERS: [RegExp, string][] = [
  [/Edg\//, "Edge"],
  [/OPR\//, "Opera"],
  [/Firefox\//, "Firefox"],
  [/Chrom(e|ium)\//, "Chrome"],
  [/Safari\//, "Safari"],
  [/^curl\//, "curl"],
];
const SYSTEMS: [RegExp, string][] = [
  [/Android/, "Android"],
  [/iPhone|iPad/, "iOS"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/Linux|X11/, "Linux"],
];

/** A User-Agent in words. They all claim to be each other, so the order of the lists matters. */
function clientText(agent: string): string {
  const named = (list: [RegExp, string][]) => list.find(([pattern]) => pattern.test(agent))?.[1];
  const browser = named(BROWSERS);
  const system = named(SYSTEMS);
  if (browser && system) return t.users.on(browser, system);
  return browser ?? system ?? (agent || t.users.unknownClient);
}

const personOf = ({ user }: SessionEntry) => user.name;

function columns(end: (entry: SessionEntry) => void): Column<SessionEntry>[] {
  return [
    {
      name: "device",
      label: t.users.device,
      head: true,
      cell: (entry) => (
        <>
          <span title={entry.client}>{clientText(entry.client)}</span> {entry.current && <Badge tone="accent">{t.users.current}</Badge>}
        </>
      ),
    },
    { name: "person", label: t.users.person, cell: personOf },
    { name: "seen", label: t.users.lastSeen, cell: (entry) => <Time at={entry.last_seen_at} kind="ago" /> },
    { name: "until", label: t.users.until, cell: (entry) => <Time at={entry.expires_at} /> },
    {
      name: "actions",
      label: t.common.actions,
      actions: true,
      cell: (entry) =>
        !entry.current && (
          <button
            type="button"
            class="button small"
            aria-label={`${t.users.end}: ${personOf(entry)}, ${clientText(entry.client)}`}
            onClick={() => end(entry)}
          >
            {t.users.end}
          </button>
        ),
    },
  ];
}

export function Sessions() {
  const [ending, setEnding] = useState<SessionEntry | null>(null);
  const sessions = useQuery("sessions", (signal) => api.get<Page<SessionEntry>>("v1/sessions", { limit: LIMIT }, signal));
  const end = async (entry: SessionEntry) => {
    await api.delete(`v1/sessions/${segment(entry.id)}`);
    toast(t.users.endedToast);
    sessions.reload();
  };
  return (
    <section aria-labelledby="sessions">
      <div class="section-head">
        <h2 id="sessions">{t.users.sessions}</h2>
      </div>
      <Show from={sessions}>
        {(page) => <Table caption={t.users.sessions} columns={columns(setEnding)} rows={page.items} id={(entry) => entry.id} />}
      </Show>
      {ending && (
        <Confirm
          title={t.users.endTitle}
          text={t.users.endText(personOf(ending), clientText(ending.client))}
          action={t.users.end}
          onConfirm={() => end(ending)}
          onClose={() => setEnding(null)}
        />
      )}
    </section>
  );
}
