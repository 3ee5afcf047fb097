// Builds the console from src into dist. The output is committed, so that cargo alone builds the binary; the same
// sources must therefore give the same bytes: no time stamps, no absolute paths, sorted lists, names by content.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build, context } from "esbuild";

const ROOT = fileURLToPath(new URL(".", import.meta.url));
const SRC = join(ROOT, "src");
const DIST = join(ROOT, "dist");
const JS_BUDGET_GZIP_BYTES = 90_000;
const CSS_BUDGET_GZIP_BYTES = 15_000;
const SOURCE_LINES_MAX = 200;
// Below this a compressed copy saves nothing worth a file.
const COMPRESS_FROM_BYTES = 512;
// The catalogue of texts and the generated types are lists, not code.
const LONG_FILES = new Set(["texts/en.ts", "schema.d.ts"]);

const options = {
  absWorkingDir: ROOT,
  entryPoints: {
    app: "src/main.tsx",
    docs: "src/docs/main.tsx",
    theme: "src/theme-early.ts",
    style: "src/styles/main.css",
    guest: "src/guest/guest.ts",
    "guest-style": "src/guest/guest.css",
  },
  outdir: "dist",
  entryNames: "[name]-[hash]",
  bundle: true,
  minify: true,
  format: "esm",
  charset: "utf8",
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none",
  metafile: true,
  target: ["chrome123", "firefox128", "safari17.5"],
  logLevel: "warning",
};

function fail(message) {
  console.error(`build: ${message}`);
  process.exit(1);
}

function filesUnder(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .sort();
}

function checkSources() {
  const tsc = spawnSync(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "--noEmit", "-p", ROOT], {
    stdio: "inherit",
  });
  if (tsc.status !== 0) fail("the type check failed");
  for (const path of filesUnder(SRC)) {
    const name = relative(SRC, path);
    const lines = readFileSync(path, "utf8").split("\n").length - 1;
    if (lines > SOURCE_LINES_MAX && !LONG_FILES.has(name)) fail(`${name} has ${lines} lines, at most ${SOURCE_LINES_MAX}`);
  }
}

/** The built name of each entry, such as app -> app-3F2A9C41.js. */
function builtNames(metafile) {
  const names = {};
  for (const [path, output] of Object.entries(metafile.outputs)) {
    if (output.entryPoint) names[basename(path).replace(/-[A-Z0-9]{8}\./, ".")] = basename(path);
  }
  return names;
}

function writePages(names) {
  for (const page of ["index.html", "docs.html"]) {
    const html = readFileSync(join(SRC, page), "utf8").replace(/%([a-z.]+)%/g, (_, name) => {
      return names[name] ?? fail(`${page} names ${name}, which was not built`);
    });
    writeFileSync(join(DIST, page), html);
  }
}

/** The licences of what is bundled travel with it. */
function writeLicences() {
  const text = ["preact", "@preact/signals", "@preact/signals-core"]
    .map((name) => `${name}\n\n${readFileSync(join(ROOT, "node_modules", name, "LICENSE"), "utf8").trim()}\n`)
    .join("\n----------\n\n");
  writeFileSync(join(DIST, "licences.txt"), text);
}

function compressAll() {
  for (const path of filesUnder(DIST)) {
    const bytes = readFileSync(path);
    if (bytes.length < COMPRESS_FROM_BYTES) continue;
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
    writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  }
}

function checkBudgets(names) {
  const gzipBytes = (name) => gzipSync(readFileSync(join(DIST, names[name])), { level: 9 }).length;
  const js = gzipBytes("app.js") + gzipBytes("theme.js");
  const css = gzipBytes("style.css");
  console.log(`console: js ${js} of ${JS_BUDGET_GZIP_BYTES}, css ${css} of ${CSS_BUDGET_GZIP_BYTES}; docs: js ${gzipBytes("docs.js")} (bytes, gzip)`);
  if (js > JS_BUDGET_GZIP_BYTES) fail("the JavaScript is over its budget");
  if (css > CSS_BUDGET_GZIP_BYTES) fail("the CSS is over its budget");
}

function clean() {
  rmSync(DIST, { recursive: true, force: true });
  mkdirSync(DIST);
  writeFileSync(join(DIST, "favicon.svg"), readFileSync(join(SRC, "favicon.svg")));
}

if (process.argv.includes("--watch")) {
  const plugin = {
    name: "pages",
    setup: (b) => b.onStart(clean) ?? b.onEnd((result) => result.metafile && writePages(builtNames(result.metafile))),
  };
  const watcher = await context({ ...options, minify: false, plugins: [plugin] });
  await watcher.watch();
} else {
  checkSources();
  clean();
  const { metafile } = await build(options);
  const names = builtNames(metafile);
  writePages(names);
  writeLicences();
  compressAll();
  checkBudgets(names);
}
