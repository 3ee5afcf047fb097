import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { curlOf, exampleOf } = await load("src/docs/example.ts");
const { topicsOf } = await load("src/docs/openapi.ts");

const doc = {
  openapi: "3.0.3",
  info: { title: "t", version: "1" },
  tags: [{ name: "rooms" }],
  security: [{ token: [] }],
  paths: {
    "/v1/rooms/{room}": {
      parameters: [{ name: "room", in: "path", required: true, schema: { type: "string" } }],
      patch: {
        tags: ["rooms"],
        operationId: "update_room",
        requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/Room" } } } },
      },
      get: { operationId: "get_room" },
    },
  },
  components: {
    schemas: {
      Room: {
        type: "object",
        properties: { name: { type: "string", example: "it's" }, parent: { $ref: "#/components/schemas/Room" }, n: { type: "integer", minimum: 3 } },
      },
    },
  },
};

test("operations are grouped by tag, and none is lost", () => {
  const topics = topicsOf(doc);
  assert.deepEqual(topics.map((topic) => [topic.name, topic.entries.map((entry) => entry.id)]), [["rooms", ["update_room"]], ["Other", ["get_room"]]]);
  assert.equal(topics[0].entries[0].parameters[0].name, "room");
});

test("a schema that contains itself has an example that ends", () => {
  const example = exampleOf(doc, { $ref: "#/components/schemas/Room" });
  assert.equal(example.name, "it's");
  assert.equal(example.n, 3);
});

test("the command survives a quote in its body", () => {
  const curl = curlOf(doc, topicsOf(doc)[0].entries[0], "http://127.0.0.1:1250");
  assert.ok(curl.startsWith(`curl -X PATCH "http://127.0.0.1:1250/v1/rooms/$ROOM"`), curl);
  assert.ok(curl.includes("it'\\''s"), curl);
  assert.ok(curl.includes("Authorization: Bearer $AUTH_TOKEN"), curl);
});
