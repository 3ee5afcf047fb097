// Who can log in here, and where they are logged in.
import { useState } from "preact/hooks";
import { api } from "../api";
import { Badge } from "../components/badge";
import { Confirm } from "../components/confirm";
import { Icon } from "../components/icon";
import { Show } from "../components/loaded";
import { PageHead } from "../components/page";
import { type Column, Table } from "../components/table";
import { Time } from "../components/time";
import { useQuery } from "../query";
import { segment } from "../router";
import { session } from "../session";
import { t } from "../texts";
import { toast } from "../toast";
import type { Page, User } from "../types";
import { Invite } from "./invite";
import { Sessions } from "./sessions";

function columns(remove: (user: User) => void): Column<User>[] {
  const isMe = (user: User) => user.id === session.value?.user?.id;
  return [
    {
      name: "name",
      label: t.users.name,
      head: true,
      cell: (user) => (
        <>
          {user.name} {isMe(user) && <Badge tone="accent">{t.users.you}</Badge>}
        </>
      ),
    },
    { name: "login", label: t.users.lastLogin, cell: (user) => <Time at={user.last_login_at} kind="ago" /> },
    { name: "added", label: t.users.added, cell: (user) => <Time at={user.created_at} /> },
    {
      name: "actions",
      label: t.common.actions,
      actions: true,
      cell: (user) =>
        !isMe(user) && (
          <button type="button" class="button small" aria-label={`${t.users.remove}: ${user.name}`} onClick={() => remove(user)}>
            {t.users.remove}
          </button>
        ),
    },
  ];
}

export function Users() {
  const [inviting, setInviting] = useState(false);
  const [removing, setRemoving] = useState<User | null>(null);
  const users = useQuery("users", (signal) => api.get<Page<User>>("v1/users", {}, signal));
  const remove = async (user: User) => {
    await api.delete(`v1/users/${segment(user.id)}`);
    toast(t.users.removed(user.name));
    users.reload();
  };
  const invite = (
    <button type="button" class="button primary" onClick={() => setInviting(true)}>
      <Icon name="plus" /> {t.users.invite}
    </button>
  );
  return (
    <>
      <PageHead title={t.users.title} actions={invite} />
      <section aria-labelledby="people">
        <div class="section-head">
          <h2 id="people">{t.users.people}</h2>
        </div>
        <Show from={users}>
          {(page) => <Table caption={t.users.people} columns={columns(setRemoving)} rows={page.items} id={(user) => user.id} />}
        </Show>
      </section>
      <Sessions />
      {inviting && <Invite onClose={() => setInviting(false)} onInvited={users.reload} />}
      {removing && (
        <Confirm
          title={t.users.removeTitle(removing.name)}
          text={t.users.removeText}
          action={t.users.remove}
          onConfirm={() => remove(removing)}
          onClose={() => setRemoving(null)}
        />
      )}
    </>
  );
}
