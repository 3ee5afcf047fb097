// Why somebody is not let in: a link judged as Prosody would judge it.
import { useState } from "preact/hooks";
import { api } from "../api";
import { TextField } from "../components/field";
import { Form, refuse, textOf } from "../components/form";
import { t } from "../texts";
import type { DoctorReport } from "../types";
import { Checks } from "./doctor-checks";

export function LinkJudge() {
  const [report, setReport] = useState<DoctorReport | null>(null);
  const submit = async (data: FormData) => {
    const token = textOf(data, "token");
    if (!token) throw refuse({ field: "token", detail: t.doctor.needLink });
    setReport(await api.post<DoctorReport>("v1/doctor/token", { token }));
  };
  return (
    <section aria-labelledby="judge">
      <div class="section-head">
        <h2 id="judge">{t.doctor.judgeTitle}</h2>
      </div>
      <Form submit={t.doctor.judge} onSubmit={submit}>
        <TextField
          name="token"
          label={t.doctor.link}
          hint={t.doctor.linkHint}
          input={{ autocomplete: "off", autocapitalize: "none", spellcheck: false }}
        />
      </Form>
      {report && (
        <div class="judged">
          <p class="doctor-sum" role="status">
            <strong>{report.summary.failed > 0 ? t.doctor.refused : t.doctor.letIn}</strong>
          </p>
          <Checks checks={report.checks} />
        </div>
      )}
    </section>
  );
}
