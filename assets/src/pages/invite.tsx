// Inviting someone to the console, by a set-up link of their own.
import { useState } from "preact/hooks";
import { api } from "../api";
import { CopyLine } from "../components/copy";
import { Dialog } from "../components/dialog";
import { TextField } from "../components/field";
import { Form, refuse, textOf } from "../components/form";
import { dateTime } from "../format";
import { t } from "../texts";

interface Invitation {
  name: string;
  setup_link: string;
  expires_at: string;
}

export function Invite({ onClose, onInvited }: { onClose: () => void; onInvited: () => void }) {
  const [made, setMade] = useState<Invitation | null>(null);
  const submit = async (data: FormData) => {
    const name = textOf(data, "name");
    if (!name) throw refuse({ field: "name", detail: t.users.needName });
    setMade({ ...(await api.post<Invitation>("v1/users", { name })), name });
    onInvited();
  };
  if (made) {
    return (
      <Dialog title={t.users.linkTitle(made.name)} wide onClose={onClose}>
        <p role="status">{t.users.linkText(dateTime(made.expires_at))}</p>
        <CopyLine label={t.users.linkTitle(made.name)} value={made.setup_link} />
      </Dialog>
    );
  }
  return (
    <Dialog title={t.users.inviteTitle} onClose={onClose}>
      <Form submit={t.users.makeLink} onCancel={onClose} onSubmit={submit}>
        <p>{t.users.inviteText}</p>
        <TextField name="name" label={t.users.name} input={{ autocomplete: "off", maxLength: 64 }} />
      </Form>
    </Dialog>
  );
}
