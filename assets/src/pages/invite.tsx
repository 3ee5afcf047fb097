// Inviting someone to the console, by a set-up link of their own.
import { useState } from "preact/hooks";
import { api } from "../api";
import { CopyLine } from "../components/copy";
import { Dialog } from "../components/dialog";
import { TextField } from "../components/field";
import { Form, refuse, textOf } from "../components/form";
import { dateTime } from "../format";
import { t } from "../texts";
import type { SetupLink } from "../types";

/** A link made for somebody takes only their name, so it brings the name along. */
const withName = (link: string, name: string) => `${link}?name=${encodeURIComponent(name)}`;

export function Invite({ onClose, onInvited }: { onClose: () => void; onInvited: () => void }) {
  const [made, setMade] = useState<{ name: string; link: SetupLink } | null>(null);
  const submit = async (data: FormData) => {
    const name = textOf(data, "name");
    if (!name) throw refuse({ field: "name", detail: t.users.needName });
    setMade({ name, link: await api.post<SetupLink>("v1/users", { name }) });
    onInvited();
  };
  if (made) {
    return (
      <Dialog title={t.users.linkTitle(made.name)} wide onClose={onClose}>
        <p role="status">{t.users.linkText(dateTime(made.link.expires_at))}</p>
        <CopyLine label={t.users.linkTitle(made.name)} value={withName(made.link.setup_link, made.name)} />
      </Dialog>
    );
  }
  return (
    <Dialog title={t.users.inviteTitle} onClose={onClose}>
      <Form submit={t.users.makeLink} onCancel={onClose} onSubmit={submit}>
        <p>{t.users.inviteText}</p>
        <TextField name="name" label={t.users.name} input={{ autocomplete: "off", maxLength: 100 }} />
      </Form>
    </Dialog>
  );
}
