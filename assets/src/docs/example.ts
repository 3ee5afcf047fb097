// Examples made from schemas, for what the document gives none.
import { type Document, type Entry, type Media, resolve, type Schema } from "./openapi";

// Schemas may contain themselves.
const DEPTH_MAX = 6;

const BY_FORMAT: Record<string, unknown> = {
  "date-time": "2026-01-15T10:30:00.000Z",
  date: "2026-01-15",
  uuid: "0193f2a4-5c1e-7b3a-9d52-6f0a4c8b1e77",
  uri: "https://meet.example.com/standup",
  email: "anna@example.com",
};

export const typeOf = (schema: Schema): string | undefined =>
  Array.isArray(schema.type) ? schema.type.find((type) => type !== "null") : schema.type;

export const nullable = (schema: Schema): boolean =>
  Boolean(schema.nullable) || (Array.isArray(schema.type) && schema.type.includes("null"));

function merged(doc: Document, parts: Schema[], depth: number): unknown {
  const values = parts.map((part) => exampleOf(doc, part, depth + 1));
  if (values.every((value) => typeof value === "object" && value !== null)) return Object.assign({}, ...values);
  return values.find((value) => value !== undefined);
}

function objectExample(doc: Document, schema: Schema, depth: number): unknown {
  const entries = Object.entries(schema.properties ?? {}).map(([name, property]) => [name, exampleOf(doc, property, depth + 1)]);
  return Object.fromEntries(entries);
}

export function exampleOf(doc: Document, given: Schema, depth = 0): unknown {
  const schema = resolve(doc, given);
  if (schema.example !== undefined) return schema.example;
  if (schema.examples?.length) return schema.examples[0];
  if (schema.default !== undefined && schema.default !== null) return schema.default;
  if (schema.enum?.length) return schema.enum[0];
  if (depth > DEPTH_MAX) return null;
  if (schema.allOf) return merged(doc, schema.allOf, depth);
  const choice = schema.oneOf?.[0] ?? schema.anyOf?.[0];
  if (choice) return exampleOf(doc, choice, depth + 1);
  switch (typeOf(schema)) {
    case "array":
      return schema.items ? [exampleOf(doc, schema.items, depth + 1)] : [];
    case "integer":
    case "number":
      return schema.minimum ?? 1;
    case "boolean":
      return false;
    case "string":
      return BY_FORMAT[schema.format ?? ""] ?? "string";
    default:
      return schema.properties ? objectExample(doc, schema, depth) : {};
  }
}

export function mediaExample(doc: Document, media: Media): unknown {
  if (media.example !== undefined) return media.example;
  const named = Object.values(media.examples ?? {})[0]?.value;
  if (named !== undefined) return named;
  return media.schema ? exampleOf(doc, media.schema) : undefined;
}

const pretty = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value, null, 2));
export { pretty };

/** Within single quotes the shell leaves all but the quote alone. */
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** The operation as a command to paste, with the required parameters filled in. */
export function curlOf(doc: Document, entry: Entry, base: string): string {
  let path = entry.path;
  const search = new URLSearchParams();
  for (const parameter of entry.parameters) {
    const value = String(parameter.example ?? exampleOf(doc, parameter.schema ?? {}));
    if (parameter.in === "path") path = path.replace(`{${parameter.name}}`, value === "string" ? `$${parameter.name.toUpperCase()}` : encodeURIComponent(value));
    if (parameter.in === "query" && parameter.required) search.set(parameter.name, value);
  }
  const query = search.size > 0 ? `?${search}` : "";
  const lines = [`curl${entry.method === "get" ? "" : ` -X ${entry.method.toUpperCase()}`} "${base}${path}${query}"`];
  if ((entry.operation.security ?? doc.security ?? []).length > 0) lines.push(`-H "Authorization: Bearer $AUTH_TOKEN"`);
  const body = entry.operation.requestBody && resolve(doc, entry.operation.requestBody);
  const [type, media] = Object.entries(body?.content ?? {})[0] ?? [];
  if (type && media) {
    lines.push(`-H "Content-Type: ${type.split(";")[0]}"`);
    const example = mediaExample(doc, media);
    if (example !== undefined) lines.push(`-d ${quoted(pretty(example))}`);
  }
  return lines.join(" \\\n  ");
}
