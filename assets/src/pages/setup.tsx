// The first thing a new person sees: a name, a password, and what comes then.
import { asProblem, type Problem } from "../api";
import { CodeBlock } from "../components/copy";
import { PasswordField, TextField } from "../components/field";
import { Form, refuse, textOf } from "../components/form";
import { useState } from "preact/hooks";
import { go, route } from "../router";
import { setUp } from "../session";
import { t } from "../texts";
import { toast } from "../toast";
import { Gate } from "./gate";

const PASSWORD_MIN = 12;
// The link is unknown, used or too old: nothing that another password would cure.
const LINK_REFUSED = new Set([401, 403, 404, 410]);

export function Setup({ token }: { token: string }) {
  const [refused, setRefused] = useState<Problem | null>(null);
  const submit = async (data: FormData) => {
    const name = textOf(data, "name");
    const password = String(data.get("password") ?? "");
    const wrong = [];
    if (!name) wrong.push({ field: "name", detail: t.setup.noName });
    if ([...password].length < PASSWORD_MIN) wrong.push({ field: "password", detail: t.setup.tooShort });
    if (wrong.length > 0) throw refuse(...wrong);
    try {
      await setUp(token, name, password);
    } catch (error) {
      const problem = asProblem(error);
      if (!LINK_REFUSED.has(problem.status)) throw problem;
      setRefused(problem);
      return;
    }
    toast(t.setup.done(name));
    go("#/");
  };
  if (refused) {
    return (
      <Gate title={t.setup.usedTitle} lead={t.setup.used}>
        <CodeBlock code="reflector setup-link" what={t.setup.used} />
        <p>
          <a class="button" href="#/">
            {t.setup.toLogin}
          </a>
        </p>
      </Gate>
    );
  }
  return (
    <Gate title={t.setup.title} lead={t.setup.lead} aside={<Next />}>
      <Form submit={t.setup.submit} onSubmit={submit}>
        <TextField
          name="name"
          label={t.setup.name}
          hint={t.setup.nameHint}
          input={{
            defaultValue: route.value.query.get("name") ?? "",
            autocomplete: "username",
            autocapitalize: "none",
            spellcheck: false,
            maxLength: 100,
          }}
        />
        <PasswordField
          name="password"
          label={t.setup.password}
          hint={t.setup.passwordHint}
          input={{ autocomplete: "new-password", maxLength: 256 }}
        />
      </Form>
    </Gate>
  );
}

function Next() {
  return (
    <aside class="next">
      <h2>{t.setup.nextTitle}</h2>
      <ol class="steps">
        {t.setup.next.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ol>
    </aside>
  );
}
