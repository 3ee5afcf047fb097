// Writes src/schema.d.ts from the server's own OpenAPI document:
//
//   cargo run -q -- openapi > openapi.json && npm --prefix assets run types -- ../openapi.json
//
// The build then fails where the console expects what the server does not say.
import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { resolve } from "node:path";
import openapiTS, { astToString } from "openapi-typescript";

const [document] = process.argv.slice(2);
if (!document) {
  console.error("types: name the OpenAPI document");
  process.exit(64);
}
const text = astToString(await openapiTS(pathToFileURL(resolve(document))));
writeFileSync(new URL("src/schema.d.ts", import.meta.url), `// Made by types.mjs from the server's OpenAPI document.\n\n${text}`);
