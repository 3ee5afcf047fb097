// Who was there: as a time line to look at, as a table to read, as a file to keep.
import { useState } from "preact/hooks";
import { apiUrl } from "../api";
import { Empty } from "../components/empty";
import { Icon } from "../components/icon";
import { segment } from "../router";
import { recall, remember } from "../stored";
import { t } from "../texts";
import type { MeetingDetail } from "../types";
import { AttendanceTable } from "./attendance-table";
import { Timeline } from "./timeline";

type View = "timeline" | "table";
const KEY = "attendance-view";

export function Attendance({ meeting }: { meeting: MeetingDetail }) {
  const [view, setView] = useState<View>(recall(KEY) === "table" ? "table" : "timeline");
  const choose = (next: View) => {
    setView(next);
    remember(KEY, next);
  };
  const people = meeting.participants;
  return (
    <section aria-labelledby="attendance">
      <div class="section-head">
        <h2 id="attendance">{t.meeting.attendance}</h2>
        {people.length > 0 && (
          <div class="inline">
            <div class="switch wide" role="group" aria-label={t.meeting.view}>
              {(["timeline", "table"] as const).map((name) => (
                <button key={name} type="button" aria-pressed={view === name} onClick={() => choose(name)}>
                  {t.meeting[name]}
                </button>
              ))}
            </div>
            <a class="button small" download href={apiUrl(`v1/meetings/${segment(meeting.id)}/attendance`, { format: "csv" })}>
              <Icon name="download" /> {t.meeting.csv}
            </a>
          </div>
        )}
      </div>
      {people.length === 0 ? (
        <Empty icon="users" title={t.meeting.nobody} {...(meeting.is_active ? { text: t.meeting.nobodyHint } : {})} />
      ) : view === "timeline" ? (
        <Timeline meeting={meeting} />
      ) : (
        <AttendanceTable people={people} />
      )}
    </section>
  );
}
