// Making a token. The secret is shown this once; closing by accident must not be easy then.
import { useState } from "preact/hooks";
import { api, apiUrl } from "../api";
import { CodeBlock, CopyLine } from "../components/copy";
import { Dialog } from "../components/dialog";
import { CheckField, FieldGroup, SelectField, TextField } from "../components/field";
import { Form, refuse, textOf } from "../components/form";
import { t } from "../texts";
import type { NewToken } from "../types";

const EXPIRY_DEFAULT = "90";
// Numbers as keys are sorted by JavaScript; "never" belongs last.
const EXPIRY = Object.entries(t.tokens.expiry).map(([value, label]) => ({ value, label }));

export function TokenForm({ onClose, onCreated }: { onClose: () => void; onCreated: () => void }) {
  const [made, setMade] = useState<NewToken | null>(null);
  const submit = async (data: FormData) => {
    const name = textOf(data, "name");
    const scopes = data.getAll("scopes");
    const wrong = [];
    if (!name) wrong.push({ field: "name", detail: t.tokens.needName });
    if (scopes.length === 0) wrong.push({ field: "scopes", detail: t.tokens.needScope });
    if (wrong.length > 0) throw refuse(...wrong);
    const days = Number(textOf(data, "expires_in_days"));
    setMade(await api.post<NewToken>("v1/tokens", { name, scopes, ...(days ? { expires_in_days: days } : {}) }));
    onCreated();
  };
  if (made) return <Shown made={made} onClose={onClose} />;
  return (
    <Dialog title={t.tokens.create} onClose={onClose}>
      <Form submit={t.tokens.submit} onCancel={onClose} onSubmit={submit}>
        <TextField name="name" label={t.tokens.name} hint={t.tokens.nameHint} input={{ autocomplete: "off", maxLength: 100 }} />
        <FieldGroup name="scopes" label={t.tokens.scopes}>
          <div class="checks">
            {Object.entries(t.tokens.scopeTexts).map(([scope, [label, hint]]) => (
              <CheckField
                key={scope}
                name="scopes"
                value={scope}
                label={
                  <>
                    {label} <code class="muted">{scope}</code>
                  </>
                }
                hint={hint}
              />
            ))}
          </div>
        </FieldGroup>
        <SelectField name="expires_in_days" label={t.tokens.expires} hint={t.tokens.expiryHint} choices={EXPIRY} value={EXPIRY_DEFAULT} />
      </Form>
    </Dialog>
  );
}

function Shown({ made, onClose }: { made: NewToken; onClose: () => void }) {
  const curl = `curl -H "Authorization: Bearer $AUTH_TOKEN" "${apiUrl("v1/meetings")}"`;
  return (
    <Dialog title={t.tokens.shownTitle} wide>
      <div class="links">
        <p role="status">{t.tokens.shown}</p>
        <CopyLine label={made.name} value={made.token} />
        <div>
          <p>{t.tokens.use}</p>
          <CodeBlock code={`AUTH_TOKEN=${made.token}\n${curl}`} what={t.tokens.use} />
        </div>
      </div>
      <div class="form-end">
        <button type="button" class="button primary" onClick={onClose}>
          {t.tokens.kept}
        </button>
      </div>
    </Dialog>
  );
}
