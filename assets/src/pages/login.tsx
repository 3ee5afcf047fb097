// Logging in. On a server nobody has set up yet it says how to begin instead.
import { api, asProblem } from "../api";
import { CodeBlock } from "../components/copy";
import { PasswordField, TextField } from "../components/field";
import { Form, refuse, textOf } from "../components/form";
import { useQuery } from "../query";
import { logIn } from "../session";
import { t } from "../texts";
import { Gate } from "./gate";

export function LoginForm({ name = "" }: { name?: string }) {
  const submit = async (data: FormData) => {
    const user = textOf(data, "name");
    const password = String(data.get("password") ?? "");
    if (!user) throw refuse({ field: "name", detail: t.login.needName });
    if (!password) throw refuse({ field: "password", detail: t.login.needPassword });
    try {
      await logIn(user, password);
    } catch (error) {
      const problem = asProblem(error);
      throw problem.status === 401 ? refuse({ field: "password", detail: t.login.wrong }) : problem;
    }
  };
  return (
    <Form submit={t.login.submit} onSubmit={submit}>
      <TextField
        name="name"
        label={t.login.name}
        input={{ autocomplete: "username", defaultValue: name, autocapitalize: "none", spellcheck: false, autofocus: !name }}
      />
      <PasswordField name="password" label={t.login.password} input={{ autocomplete: "current-password", autofocus: Boolean(name) }} />
    </Form>
  );
}

export function Login() {
  const setup = useQuery("setup", (signal) => api.get<{ needed: boolean }>("v1/setup", {}, signal));
  if (setup.data?.needed) {
    return (
      <Gate title={t.login.firstTitle} lead={t.login.first}>
        <CodeBlock code="reflector setup-link" what={t.login.first} />
        <p class="muted">{t.login.firstHint}</p>
        <p>
          <button type="button" class="button" onClick={setup.reload}>
            {t.login.recheck}
          </button>
        </p>
      </Gate>
    );
  }
  return (
    <Gate title={t.login.title}>
      <LoginForm />
    </Gate>
  );
}
