// The checks of a report: what needs somebody is open, what is well is folded away.
import { Badge, type Tone } from "../components/badge";
import { t } from "../texts";
import type { DoctorCheck } from "../types";

type Verdict = DoctorCheck["verdict"];

const TONES: Record<Verdict, Tone> = { failed: "bad", warning: "warn", skipped: "quiet", ok: "good" };
const OPEN: Verdict[] = ["failed", "warning"];
const FOLDED: Verdict[] = ["skipped", "ok"];

export function Checks({ checks }: { checks: DoctorCheck[] }) {
  const of = (verdict: Verdict) => checks.filter((check) => check.verdict === verdict);
  const open = OPEN.flatMap(of);
  return (
    <>
      {open.length > 0 && <List checks={open} />}
      {FOLDED.map((verdict) => {
        const folded = of(verdict);
        if (folded.length === 0) return null;
        return (
          <details key={verdict} class="fold doctor-fold">
            <summary>{t.doctor.folded[verdict]?.(folded.length)}</summary>
            <List checks={folded} />
          </details>
        );
      })}
    </>
  );
}

function List({ checks }: { checks: DoctorCheck[] }) {
  return (
    <ul class="doctor-checks card">
      {checks.map((check) => (
        <li key={check.id} class="doctor-check">
          <div class="doctor-check-head">
            <Badge tone={TONES[check.verdict]}>{t.doctor.verdicts[check.verdict]}</Badge>
            <strong>{check.title}</strong>
            <code class="muted">{check.id}</code>
          </div>
          <p>{check.meaning}</p>
          {check.details.length > 0 && (
            <ul class="doctor-check-details">
              {check.details.map((detail) => (
                <li key={detail} class="wrap">
                  {detail}
                </li>
              ))}
            </ul>
          )}
          {check.mend && (
            <p class="doctor-check-mend wrap">
              <span class="doctor-check-mend-label">{t.doctor.mend}</span> {check.mend}
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}
