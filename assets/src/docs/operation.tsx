// One operation: what it does, what goes in, what comes out, and a command to try it.
import { CodeBlock } from "../components/copy";
import { t } from "../texts";
import { curlOf, mediaExample, pretty } from "./example";
import { answersOf, type Body, type Document, type Entry, resolve, scopesOf } from "./openapi";
import { Line, Prose } from "./prose";
import { FieldRow, SchemaView, TypeText } from "./schema";

export function Method({ name }: { name: string }) {
  return <span class={`method ${name}`}>{name.toUpperCase()}</span>;
}

export function OperationView({ doc, entry, base }: { doc: Document; entry: Entry; base: string }) {
  const { operation, parameters } = entry;
  const scopes = scopesOf(doc, operation);
  const { title } = entry;
  return (
    <article class="card operation" id={entry.id} aria-labelledby={`${entry.id}-title`}>
      <h3 id={`${entry.id}-title`}>
        {title}{" "}
        <a class="anchor" href={`#${entry.id}`} aria-label={t.docs.link(title)}>
          #
        </a>
      </h3>
      <p class="inline">
        <Method name={entry.method} /> <code class="doc-path">{entry.path}</code>
        {scopes.length > 0 && (
          <span class="muted">
            {t.docs.scopes} {scopes.map((scope) => <code key={scope}>{scope} </code>)}
          </span>
        )}
        {operation.deprecated && <span class="muted">{t.docs.deprecated}</span>}
      </p>
      {operation.summary !== title && <Prose text={operation.summary} />}
      {operation.description !== operation.summary && <Prose text={operation.description} />}
      {parameters.length > 0 && (
        <>
          <h4>{t.docs.parameters}</h4>
          <ul class="doc-fields">
            {parameters.map((one) => (
              <FieldRow
                key={one.in + one.name}
                name={one.name}
                schema={one.schema ?? {}}
                required={one.required ?? false}
                note={one.in}
                description={one.description}
              />
            ))}
          </ul>
        </>
      )}
      {operation.requestBody && <Request doc={doc} body={resolve(doc, operation.requestBody)} />}
      <h4>{t.docs.curl}</h4>
      <CodeBlock code={curlOf(doc, entry, base)} what={`${t.docs.curl}: ${title}`} />
      <h4>{t.docs.responses}</h4>
      <ul class="responses">
        {answersOf(doc, operation).map(({ statuses, response }) => (
          <li key={statuses[0]}>
            <Response doc={doc} statuses={statuses} response={response} of={title} />
          </li>
        ))}
      </ul>
    </article>
  );
}

function Request({ doc, body }: { doc: Document; body: Body }) {
  return (
    <>
      <h4>
        {t.docs.body} <span class="muted">{Object.keys(body.content ?? {}).join(", ")}</span>
      </h4>
      <Prose text={body.description} />
      {Object.values(body.content ?? {})
        .slice(0, 1)
        .map((media) => media.schema && <SchemaView key="body" doc={doc} schema={media.schema} />)}
    </>
  );
}

interface ResponseProps {
  doc: Document;
  statuses: string[];
  response: Body;
  of: string;
}

function Response({ doc, statuses, response, of }: ResponseProps) {
  const media = Object.entries(response.content ?? {});
  const [first = "", ...rest] = (response.description ?? "").split("\n\n");
  const head = (
    <>
      {statuses.map((status) => (
        <>
          <span class={status.startsWith("2") ? "status good" : "status"}>{status}</span>{" "}
        </>
      ))}
      <Line text={first} />
    </>
  );
  if (media.length === 0) return <p class="inline response-line">{head}</p>;
  return (
    <details class="fold small">
      <summary>{head}</summary>
      <Prose text={rest.join("\n\n")} />
      {media.map(([type, one]) => {
        const example = mediaExample(doc, one);
        return (
          <div key={type} class="media">
            <p class="muted">
              {type} {one.schema && <TypeText schema={one.schema} />}
            </p>
            {one.schema && !one.schema.$ref && <SchemaView doc={doc} schema={one.schema} />}
            {example !== undefined && <CodeBlock code={pretty(example)} what={`${t.docs.example} ${statuses.join(" ")} ${type}: ${of}`} />}
          </div>
        );
      })}
    </details>
  );
}
