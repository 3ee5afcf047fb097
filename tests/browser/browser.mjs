// Chromium without anything that would reach out, and pages that report whatever a user must never meet: errors,
// violations of the content security policy, requests to elsewhere.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(new URL("../../assets/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const STEP_MS = 10_000;

const QUIET = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Jitsi of the tests is nowhere: to be sent there is what is looked for.
  "--host-resolver-rules=MAP meet.example.com ~NOTFOUND",
];

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: QUIET });

/**
 * A fresh visitor's page. `allowed` holds the statuses a step provokes on purpose, which the browser logs as errors.
 */
export async function visit(browser, base, findings, { theme = "light", width = 1280, allowed = [], state, outside, javaScriptEnabled = true } = {}) {
  const context = await browser.newContext({
    viewport: { width, height: width < 500 ? 740 : 900 },
    colorScheme: theme,
    // Axe would measure colours that are still fading.
    reducedMotion: "reduce",
    locale: "en-GB",
    javaScriptEnabled,
    timezoneId: "Europe/Berlin",
    ...(state ? { storageState: state } : {}),
  });
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: base });
  await context.addInitScript({ content: AXE });
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`));
  });
  const page = await context.newPage();
  page.setDefaultTimeout(STEP_MS);
  page.on("pageerror", (error) => findings.add("script error", error.message));
  page.on("console", (message) => {
    const meant = allowed.some((status) => message.text().includes(`status of ${status}`));
    if (["error", "warning"].includes(message.type()) && !meant) findings.add("console", `${message.text()} ${page.url()}`);
  });
  context.on("request", (request) => {
    const isMeant = [`${base}/`, "data:", outside].some((start) => start && request.url().startsWith(start));
    if (!isMeant) findings.add("outside request", request.url());
  });
  return page;
}
