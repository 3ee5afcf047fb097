// The raw events of a meeting: where every number on the page comes from.
import { useState } from "preact/hooks";
import { apiUrl } from "../api";
import { Badge } from "../components/badge";
import { clock, utc } from "../format";
import { segment } from "../router";
import { t } from "../texts";
import type { LogEvent } from "../types";

/** Whom an event is about, by the names the senders use. */
function about({ data }: LogEvent): string | undefined {
  const occupant = typeof data["occupant"] === "object" ? (data["occupant"] as Record<string, unknown>) : {};
  const name = data["nick"] ?? data["display_name"] ?? occupant["name"] ?? data["name"];
  return typeof name === "string" && name ? name : undefined;
}

const SHOWN_FIRST = 10;

export function MeetingEvents({ id, events }: { id: string; events: LogEvent[] }) {
  const [all, setAll] = useState(false);
  return (
    <section aria-labelledby="events">
      <div class="section-head">
        <h2 id="events">{t.meeting.events}</h2>
      </div>
      {events.length === 0 ? (
        <p class="muted">{t.meeting.noEvents}</p>
      ) : (
        <>
          <p class="muted">
            {t.meeting.newestEvents(events.length)}{" "}
            <a href={apiUrl(`v1/meetings/${segment(id)}/events`, { limit: 200 })}>{t.meeting.allEvents}</a>
          </p>
          <ul class="events card">
            {(all ? events : events.slice(0, SHOWN_FIRST)).map((event) => (
              <li key={event.id}>
                <EventLine event={event} />
              </li>
            ))}
          </ul>
          {!all && events.length > SHOWN_FIRST && (
            <p class="more">
              <button type="button" class="button small" onClick={() => setAll(true)}>
                {t.meeting.moreEvents(events.length)}
              </button>
            </p>
          )}
        </>
      )}
    </section>
  );
}

function EventLine({ event }: { event: LogEvent }) {
  const who = about(event);
  return (
    <details>
      <summary>
        <time class="num" dateTime={event.timestamp} title={utc(event.timestamp)}>
          {clock(event.timestamp)}
        </time>
        <code>{event.type}</code>
        {who && <span class="event-who">{who}</span>}
        <Badge tone="quiet">{event.source}</Badge>
      </summary>
      <pre tabIndex={0} aria-label={event.type} role="region">
        {JSON.stringify(event, null, 2)}
      </pre>
    </details>
  );
}
