// The whole chain, tried out: a fresh link is opened as a browser opens it, and Prosody's word of it comes back.
import { useState } from "preact/hooks";
import { api } from "../api";
import { Form } from "../components/form";
import { t } from "../texts";
import type { DoctorCheck, DoctorReport } from "../types";
import { Checks } from "./doctor-checks";

export function Trial() {
  const [steps, setSteps] = useState<DoctorCheck[] | null>(null);
  const submit = async () => {
    const report = await api.post<DoctorReport>("v1/doctor", { end_to_end: true });
    setSteps(report.checks.filter((check) => check.id.startsWith("end_to_end.")));
  };
  return (
    <section aria-labelledby="trial">
      <div class="section-head">
        <h2 id="trial">{t.doctor.trialTitle}</h2>
      </div>
      <p class="muted">{t.doctor.trialHint}</p>
      <Form submit={t.doctor.trial} onSubmit={submit} />
      {steps && (
        <div class="judged">
          <p class="doctor-sum" role="status">
            <strong>{t.doctor.tried[outcome(steps)]}</strong>
          </p>
          <Checks checks={steps} />
        </div>
      )}
    </section>
  );
}

function outcome(steps: DoctorCheck[]): "broken" | "untried" | "whole" {
  if (steps.some((step) => step.verdict === "failed")) return "broken";
  return steps.some((step) => step.verdict === "skipped") ? "untried" : "whole";
}
