// A link that carries one person's name, so that the attendance knows them.
import { useState } from "preact/hooks";
import { api } from "../api";
import { CopyLine } from "../components/copy";
import { CheckField, TextField } from "../components/field";
import { Form, refuse, textOf } from "../components/form";
import { dateTime } from "../format";
import { segment } from "../router";
import { t } from "../texts";
import type { JoinLink } from "../types";

export function PersonLink({ meeting }: { meeting: string }) {
  const [made, setMade] = useState<{ name: string; link: JoinLink }[]>([]);
  const submit = async (data: FormData) => {
    const name = textOf(data, "display_name");
    const email = textOf(data, "email");
    if (!name) throw refuse({ field: "display_name", detail: t.links.needName });
    const body = { display_name: name, moderator: data.has("moderator"), ...(email ? { email } : {}) };
    const link = await api.post<JoinLink>(`v1/meetings/${segment(meeting)}/join`, body);
    setMade([{ name, link }, ...made]);
  };
  return (
    <details class="fold">
      <summary>{t.links.one}</summary>
      <p class="hint">{t.links.oneHint}</p>
      <Form submit={t.links.make} onSubmit={submit}>
        <div class="form-row">
          <TextField name="display_name" label={t.links.person} input={{ autocomplete: "off" }} />
          <TextField name="email" label={t.links.email} optional input={{ type: "email", autocomplete: "off" }} />
        </div>
        <CheckField name="moderator" label={t.links.moderator} />
      </Form>
      <div role="status">
        {made.map(({ name, link }) => (
          <CopyLine key={link.url} label={t.links.forPerson(name)} hint={t.links.until(dateTime(link.expires_at))} value={link.url} link />
        ))}
      </div>
    </details>
  );
}
