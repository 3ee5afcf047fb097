// What is wrong with the whole chain, from the configuration to Jitsi, and what mends it.
import { api, apiUrl } from "../api";
import { Icon } from "../components/icon";
import { Show } from "../components/loaded";
import { PageHead } from "../components/page";
import { Time } from "../components/time";
import { useQuery } from "../query";
import { t } from "../texts";
import type { DoctorReport } from "../types";
import { Checks } from "./doctor-checks";
import { LinkJudge } from "./doctor-link";
import { Trial } from "./doctor-trial";

export function Doctor() {
  const report = useQuery("doctor", (signal) => api.get<DoctorReport>("v1/doctor", {}, signal));
  const actions = (
    <>
      <a class="button" download href={apiUrl("v1/doctor/bundle")} title={t.doctor.bundleHint}>
        <Icon name="download" /> {t.doctor.bundle}
      </a>
      <button type="button" class="button primary" onClick={report.reload}>
        {t.doctor.again}
      </button>
    </>
  );
  return (
    <>
      <PageHead title={t.doctor.title} lead={t.doctor.lead} actions={actions} />
      <Show from={report} lines={8}>
        {(found) => (
          <>
            <p class="doctor-sum" role="status">
              <strong>{t.doctor.summary(found.summary)}</strong>{" "}
              <span class="muted">
                {t.doctor.at} <Time at={found.made_at} kind="time" />
              </span>
            </p>
            <Checks checks={found.checks} />
          </>
        )}
      </Show>
      <Trial />
      <LinkJudge />
    </>
  );
}
