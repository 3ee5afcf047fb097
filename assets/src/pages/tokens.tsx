// API tokens: which there are, and how to make and end them.
import { useState } from "preact/hooks";
import { api } from "../api";
import { Badge } from "../components/badge";
import { Confirm } from "../components/confirm";
import { Empty } from "../components/empty";
import { Icon } from "../components/icon";
import { Show } from "../components/loaded";
import { PageHead } from "../components/page";
import { Pager } from "../components/pager";
import { type Column, Table } from "../components/table";
import { Time } from "../components/time";
import { now } from "../now";
import { useQuery } from "../query";
import { route, segment } from "../router";
import { t } from "../texts";
import { toast } from "../toast";
import type { Page, Token } from "../types";
import { TokenForm } from "./token-form";

const LIMIT = 100;

type State = "active" | "ended" | "revokedState";

function stateOf(token: Token): State {
  if (token.revoked_at) return "revokedState";
  return token.expires_at && Date.parse(token.expires_at) <= now.value ? "ended" : "active";
}

function columns(revoke: (token: Token) => void): Column<Token>[] {
  return [
    { name: "name", label: t.tokens.name, head: true, cell: (token) => token.name },
    {
      name: "scopes",
      label: t.tokens.scopesShort,
      cell: (token) => (
        <span class="tags">
          {token.scopes.map((scope) => (
            <code key={scope} class="tag" title={t.tokens.scopeTexts[scope]?.[1] ?? ""}>
              {scope}
            </code>
          ))}
        </span>
      ),
    },
    {
      name: "state",
      label: t.tokens.state,
      cell: (token) => <Badge tone={stateOf(token) === "active" ? "good" : "quiet"}>{t.tokens[stateOf(token)]}</Badge>,
    },
    { name: "used", label: t.tokens.lastUsed, cell: (token) => <Time at={token.last_used_at} kind="ago" /> },
    { name: "expires", label: t.tokens.expires, cell: (token) => <Time at={token.expires_at} kind="ago" /> },
    { name: "created", label: t.tokens.created, minor: true, cell: (token) => <Time at={token.created_at} kind="ago" /> },
    {
      name: "actions",
      label: t.common.actions,
      actions: true,
      cell: (token) =>
        stateOf(token) === "active" && (
          <button type="button" class="button small" aria-label={`${t.tokens.revoke}: ${token.name}`} onClick={() => revoke(token)}>
            {t.tokens.revoke}
          </button>
        ),
    },
  ];
}

export function Tokens() {
  const [creating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<Token | null>(null);
  const [old, setOld] = useState(false);
  const cursor = route.value.query.get("cursor") ?? undefined;
  const tokens = useQuery(`tokens/${cursor ?? ""}`, (signal) => api.get<Page<Token>>("v1/tokens", { cursor, limit: LIMIT }, signal));
  const revoke = async (token: Token) => {
    await api.delete(`v1/tokens/${segment(token.id)}`);
    toast(t.tokens.revoked(token.name));
    tokens.reload();
  };
  const create = (
    <button type="button" class="button primary" onClick={() => setCreating(true)}>
      <Icon name="plus" /> {t.tokens.create}
    </button>
  );
  return (
    <>
      <PageHead title={t.tokens.title} lead={t.tokens.lead} actions={create} />
      <Show from={tokens}>
        {(page) => {
          const shown = old ? page.items : page.items.filter((token) => stateOf(token) === "active");
          return (
            <>
              {page.items.some((token) => stateOf(token) !== "active") && (
                <label class="check small">
                  <input type="checkbox" checked={old} onChange={() => setOld(!old)} /> <span>{t.tokens.showOld}</span>
                </label>
              )}
              {shown.length > 0 ? (
                <Table caption={t.tokens.title} columns={columns(setRevoking)} rows={shown} id={(token) => token.id} />
              ) : (
                <Empty icon="tokens" title={t.tokens.emptyTitle} text={t.tokens.empty} />
              )}
              <Pager next={page.next_cursor} />
            </>
          );
        }}
      </Show>
      {creating && <TokenForm onClose={() => setCreating(false)} onCreated={tokens.reload} />}
      {revoking && (
        <Confirm
          title={t.tokens.revokeTitle(revoking.name)}
          text={t.tokens.revokeText}
          action={t.tokens.revoke}
          onConfirm={() => revoke(revoking)}
          onClose={() => setRevoking(null)}
        />
      )}
    </>
  );
}
