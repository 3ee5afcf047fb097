// A schema as a list of its fields, nested ones folded in, named ones linked.
import type { ComponentChildren } from "preact";
import { t } from "../texts";
import { nullable, typeOf } from "./example";
import { type Document, refName, resolve, type Schema } from "./openapi";
import { Prose } from "./prose";

/** The kind of a value in a few words, with named schemas linked. */
export function TypeText({ schema }: { schema: Schema }): ComponentChildren {
  const name = refName(schema);
  if (name) return <a href={`#schema-${name}`}>{name}</a>;
  const only = schema.allOf?.length === 1 ? schema.allOf[0] : undefined;
  if (only) return <TypeText schema={only} />;
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) {
    return choices.map((choice, index) => (
      <>
        {index > 0 && " | "}
        <TypeText schema={choice} />
      </>
    ));
  }
  if (typeOf(schema) === "array" && schema.items) {
    return (
      <>
        <TypeText schema={schema.items} />
        []
      </>
    );
  }
  return <>{[typeOf(schema) ?? "object", schema.format && `(${schema.format})`].filter(Boolean).join(" ")}</>;
}

function limits(schema: Schema): string[] {
  const range = (low: number | undefined, high: number | undefined, unit: string) =>
    low === undefined && high === undefined ? [] : [`${low ?? ""}…${high ?? ""}${unit}`];
  return [
    ...range(schema.minimum, schema.maximum, ""),
    ...range(schema.minLength, schema.maxLength, ` ${t.docs.characters}`),
    ...(schema.pattern ? [schema.pattern] : []),
    ...(schema.default !== undefined ? [t.docs.default(JSON.stringify(schema.default))] : []),
  ];
}

interface FieldProps {
  name: string;
  schema: Schema;
  required?: boolean;
  note?: string | undefined;
  description?: string | undefined;
  children?: ComponentChildren;
}

export function FieldRow({ name, schema, required, note, description, children }: FieldProps) {
  return (
    <li class="doc-field">
      <div class="inline">
        <code class="doc-name">{name}</code>
        <span class="muted doc-type">
          <TypeText schema={schema} /> {nullable(schema) && t.docs.nullable}
        </span>
        {note && <span class="muted">{note}</span>}
        {required && <span class="doc-required">{t.docs.required}</span>}
        {schema.deprecated && <span class="muted">{t.docs.deprecated}</span>}
      </div>
      <Prose text={description ?? schema.description} />
      {schema.enum && (
        <p class="tags">
          {schema.enum.map((value) => (
            <code key={String(value)} class="tag">
              {String(value)}
            </code>
          ))}
        </p>
      )}
      {limits(schema).length > 0 && <p class="hint">{limits(schema).join(", ")}</p>}
      {children}
    </li>
  );
}

/** All fields of an object schema, those of its parts included. */
function fieldsOf(doc: Document, given: Schema): [string, Schema, boolean][] {
  const schema = resolve(doc, given);
  const parts = (schema.allOf ?? []).flatMap((part) => fieldsOf(doc, part));
  const own = Object.entries(schema.properties ?? {});
  return [...parts, ...own.map(([name, property]): [string, Schema, boolean] => [name, property, schema.required?.includes(name) ?? false])];
}

/** The schema to unfold below a field: an inline object, or an array of them. */
function inner(schema: Schema): Schema | undefined {
  if (schema.$ref) return undefined;
  if (schema.properties) return schema;
  return schema.items ? inner(schema.items) : undefined;
}

export function SchemaView({ doc, schema: given }: { doc: Document; schema: Schema }) {
  const schema = resolve(doc, given);
  const fields = fieldsOf(doc, schema);
  return (
    <>
      {fields.length > 0 && (
        <ul class="doc-fields">
          {fields.map(([name, field, required]) => {
            const nested = inner(field);
            // A reference that only carries a description is described by what it points to.
            const text = field.description ?? resolve(doc, field.allOf?.length === 1 ? (field.allOf[0] ?? field) : field).description;
            return (
              <FieldRow key={name} name={name} schema={field} required={required} description={text}>
                {nested && <SchemaView doc={doc} schema={nested} />}
              </FieldRow>
            );
          })}
        </ul>
      )}
      {fields.length === 0 && (
        <p class="muted">
          <TypeText schema={given.$ref ? { ...schema } : schema} />
        </p>
      )}
      {fields.length === 0 && schema.enum && (
        <p class="tags">
          {schema.enum.map((value) => (
            <code key={String(value)} class="tag">
              {String(value)}
            </code>
          ))}
        </p>
      )}
    </>
  );
}
