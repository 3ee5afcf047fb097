// The part of OpenAPI 3 that the reference shows, and how to walk it.

export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  title?: string;
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: boolean | Schema;
  enum?: unknown[];
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  nullable?: boolean;
  default?: unknown;
  example?: unknown;
  examples?: unknown[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  deprecated?: boolean;
}

export interface Media {
  schema?: Schema;
  example?: unknown;
  examples?: Record<string, { value?: unknown; summary?: string }>;
}

export interface Parameter {
  $ref?: string;
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  deprecated?: boolean;
  schema?: Schema;
  example?: unknown;
}

export interface Body {
  $ref?: string;
  description?: string;
  content?: Record<string, Media>;
  required?: boolean;
  headers?: Record<string, { description?: string; schema?: Schema }>;
}

export interface Operation {
  tags?: string[];
  operationId?: string;
  summary?: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: Body;
  responses?: Record<string, Body>;
  security?: Record<string, string[]>[];
  deprecated?: boolean;
  "x-required-scope"?: string;
}

export interface Document {
  openapi: string;
  info: { title: string; version: string; description?: string };
  servers?: { url: string }[];
  tags?: { name: string; description?: string }[];
  paths: Record<string, Record<string, Operation> & { parameters?: Parameter[] }>;
  components?: Record<string, Record<string, unknown>>;
  security?: Record<string, string[]>[];
}

export interface Entry {
  id: string;
  title: string;
  method: string;
  path: string;
  operation: Operation;
  parameters: Parameter[];
}

export interface Topic {
  name: string;
  description: string | undefined;
  entries: Entry[];
}

const METHODS = ["get", "post", "put", "patch", "delete", "head", "options"];
const OTHERS = "Other";

/** What a `$ref` within the document points to; the thing itself when it is none. */
export function resolve<T extends { $ref?: string }>(doc: Document, thing: T): T {
  if (!thing.$ref?.startsWith("#/")) return thing;
  let at: unknown = doc;
  for (const part of thing.$ref.slice(2).split("/")) {
    at = (at as Record<string, unknown> | undefined)?.[part.replace(/~1/g, "/").replace(/~0/g, "~")];
  }
  return (at ?? {}) as T;
}

export const refName = (schema: Schema) => schema.$ref?.split("/").at(-1);

/** `list_meeting_events` is short and stable; summaries are sentences. */
function titleOf({ operationId, summary }: Operation, path: string): string {
  const words = operationId?.replace(/[_-]+/g, " ").replace(/([a-z])([A-Z])/g, "$1 $2");
  return words ? words[0]?.toUpperCase() + words.slice(1) : (summary ?? path);
}

/** The operations by their first tag, in the document's order of tags and paths. */
export function topicsOf(doc: Document): Topic[] {
  const topics = new Map<string, Topic>();
  for (const tag of doc.tags ?? []) topics.set(tag.name, { name: tag.name, description: tag.description, entries: [] });
  for (const [path, item] of Object.entries(doc.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (!operation) continue;
      const name = operation.tags?.[0] ?? OTHERS;
      const topic = topics.get(name) ?? { name, description: undefined, entries: [] };
      topics.set(name, topic);
      const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((one) => resolve(doc, one));
      const id = operation.operationId ?? `${method}-${path.replace(/\W+/g, "-")}`;
      topic.entries.push({ id, title: titleOf(operation, path), method, path, operation, parameters });
    }
  }
  return [...topics.values()].filter((topic) => topic.entries.length > 0);
}

export const schemasOf = (doc: Document) => (doc.components?.["schemas"] ?? {}) as Record<string, Schema>;

/** The scopes an operation needs. OpenAPI has a place for them only with OAuth; elsewhere an extension tells. */
export function scopesOf(doc: Document, operation: Operation): string[] {
  const all = (operation.security ?? doc.security ?? []).flatMap((one) => Object.values(one).flat());
  const own = operation["x-required-scope"];
  return [...new Set(own ? [own, ...all] : all)];
}

export interface Answers {
  statuses: string[];
  response: Body;
}

/** The responses, with those that are the same put together: most operations fail in the same ways. */
export function answersOf(doc: Document, operation: Operation): Answers[] {
  const answers = new Map<string, Answers>();
  for (const [status, given] of Object.entries(operation.responses ?? {})) {
    const response = resolve(doc, given);
    const key = JSON.stringify(response);
    const known = answers.get(key);
    if (known) known.statuses.push(status);
    else answers.set(key, { statuses: [status], response });
  }
  return [...answers.values()];
}
