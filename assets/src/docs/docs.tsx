// The reference as one page: a list of what there is at the side, everything in order beside it.
import { useEffect, useState } from "preact/hooks";
import { asProblem, type Problem } from "../api";
import { Icon, Mark } from "../components/icon";
import { ProblemNote } from "../components/problem";
import { ThemeSwitch } from "../components/theme-switch";
import { t } from "../texts";
import { type Document, schemasOf, type Topic, topicsOf } from "./openapi";
import { DocsNav } from "./nav";
import { OperationView } from "./operation";
import { Prose } from "./prose";
import { SchemaView } from "./schema";

// The page lies at /docs, the console below /admin/; both find their neighbours by relative paths.
const here = new URL(".", document.baseURI.split("#")[0]).href;
const DOCUMENT = new URL("openapi.json", here).href;

async function load(): Promise<Document> {
  const response = await fetch(DOCUMENT, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(t.problem.byStatus(response.status));
  return (await response.json()) as Document;
}

/** The browser looked for the target before the page was there. */
function showTarget(): void {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) target.open = true;
  target?.scrollIntoView();
}

export function Docs() {
  const [doc, setDoc] = useState<Document | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const fetchIt = () => {
    setProblem(null);
    load().then(setDoc, (error: unknown) => setProblem(asProblem(error)));
  };
  useEffect(fetchIt, []);
  useEffect(() => {
    showTarget();
    addEventListener("hashchange", showTarget);
    return () => removeEventListener("hashchange", showTarget);
  }, [doc]);
  const topics = doc ? topicsOf(doc) : [];
  return (
    <div class="shell docs">
      <header class="side docs-side">
        <div class="side-top">
          <a class="brand" href={new URL("admin/", here).href}>
            <Mark /> {t.brand}
          </a>
        </div>
        {doc && <DocsNav topics={topics} schemas={Object.keys(schemasOf(doc))} />}
        <ThemeSwitch />
      </header>
      <main id="main">
        <h1>{t.docs.title}</h1>
        {problem && <ProblemNote problem={problem} onRetry={fetchIt} />}
        {doc && <Content doc={doc} topics={topics} />}
      </main>
    </div>
  );
}

function Content({ doc, topics }: { doc: Document; topics: Topic[] }) {
  const base = new URL(doc.servers?.[0]?.url ?? ".", here).href.replace(/\/$/, "");
  return (
    <>
      <p class="lead inline">
        <span>
          {doc.info.title} {t.docs.version(doc.info.version)}
        </span>
        <a href={DOCUMENT} download>
          <Icon name="download" /> {t.docs.download}
        </a>
      </p>
      <Prose text={doc.info.description} />
      {topics.map((topic) => (
        <section key={topic.name} id={`topic-${topic.name}`} aria-labelledby={`topic-${topic.name}-title`}>
          <h2 id={`topic-${topic.name}-title`}>{topic.name}</h2>
          <Prose text={topic.description} />
          {topic.entries.map((entry) => (
            <OperationView key={entry.id} doc={doc} entry={entry} base={base} />
          ))}
        </section>
      ))}
      <section id="schemas" aria-labelledby="schemas-title">
        <h2 id="schemas-title">{t.docs.schemas}</h2>
        {Object.entries(schemasOf(doc)).map(([name, schema]) => (
          <details key={name} id={`schema-${name}`} class="card schema">
            <summary>
              <h3>{name}</h3>
            </summary>
            <Prose text={schema.description} />
            <SchemaView doc={doc} schema={schema} />
          </details>
        ))}
      </section>
    </>
  );
}
