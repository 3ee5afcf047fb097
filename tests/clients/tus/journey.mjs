// A file is sent in by a client of the protocol that others wrote: broken off, gone on with, and ended.
//
//   REFLECTOR_URL, REFLECTOR_TOKEN   the server, and a token of it
//   REFLECTOR_FILE                   the file
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(new URL("../../../assets/package.json", import.meta.url));
const tus = require("tus-js-client");

const { REFLECTOR_URL: base, REFLECTOR_TOKEN: token, REFLECTOR_FILE: path } = process.env;
const file = readFileSync(path);
const options = {
  endpoint: `${base}/v1/recordings/uploads`,
  headers: { Authorization: `Bearer ${token}` },
  chunkSize: Math.ceil(file.length / 5),
  metadata: { filename: "by-tus.mp4", title: "Sent by tus", filetype: "video/mp4" },
  retryDelays: null,
};

const stop = Symbol("stopped");

/** Sends the file, to its end or until `until` bytes are taken; gives the upload's address. */
function send(more, until = Infinity) {
  return new Promise((resolve, reject) => {
    const upload = new tus.Upload(file, {
      ...options,
      ...more,
      onError: reject,
      onSuccess: () => resolve(upload.url),
      onChunkComplete: (_, taken) => {
        if (taken < until || taken === file.length) return;
        upload.abort().then(() => resolve({ [stop]: upload.url }), reject);
      },
    });
    upload.start();
  });
}

const { [stop]: url } = await send({}, file.length / 2);
assert.ok(url, "it was not broken off");
assert.equal(await send({ uploadUrl: url }), url);
// Sent again to its end, it makes nothing again.
assert.equal(await send({ uploadUrl: url }), url);
const { [stop]: ended } = await send({}, 1);
await tus.Upload.terminate(ended, options);
console.log("ok");
