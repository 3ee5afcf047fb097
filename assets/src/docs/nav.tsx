// What the reference holds, with a filter.
import { useState } from "preact/hooks";
import { t } from "../texts";
import type { Topic } from "./openapi";
import { Method } from "./operation";

export function DocsNav({ topics, schemas }: { topics: Topic[]; schemas: string[] }) {
  const [filter, setFilter] = useState("");
  const wanted = (text: string) => text.toLowerCase().includes(filter.trim().toLowerCase());
  const found = topics
    .map((topic) => ({
      ...topic,
      entries: topic.entries.filter((entry) => wanted(`${topic.name} ${entry.path} ${entry.title} ${entry.operation.summary ?? ""}`)),
    }))
    .filter((topic) => topic.entries.length > 0);
  const named = schemas.filter(wanted);
  return (
    <nav class="docs-nav" aria-label={t.docs.nav}>
      <input type="search" aria-label={t.docs.filter} placeholder={t.docs.filter} onInput={(event) => setFilter(event.currentTarget.value)} />
      {found.length === 0 && named.length === 0 && <p class="muted">{t.docs.noMatch}</p>}
      <div class="docs-list">
        {found.map((topic) => (
          <div key={topic.name}>
            <a class="docs-topic" href={`#topic-${topic.name}`}>
              {topic.name}
            </a>
            <ul>
              {topic.entries.map((entry) => (
                <li key={entry.id}>
                  <a href={`#${entry.id}`}>
                    <span>{entry.title}</span> <Method name={entry.method} />
                  </a>
                </li>
              ))}
            </ul>
          </div>
        ))}
        {named.length > 0 && (
          <details class="fold small" open={filter !== ""}>
            <summary class="docs-topic">{t.docs.schemas}</summary>
            <ul>
              {named.map((name) => (
                <li key={name}>
                  <a href={`#schema-${name}`}>{name}</a>
                </li>
              ))}
            </ul>
          </details>
        )}
      </div>
    </nav>
  );
}
