// Walks through the console as a person would, in Debian's Chromium, against a running server.
//
//   REFLECTOR_URL              where the server listens, such as http://127.0.0.1:1250
//   REFLECTOR_SETUP_LINK       a set-up link that has not been used (its token is enough)
//   REFLECTOR_WEBHOOK_SECRET   the secret of the server's Jitsi webhooks
//   REFLECTOR_SHOTS            a directory for pictures of every page; none are taken without it
//   CHROMIUM                   the browser, default /usr/bin/chromium
//
// Ends with 0 when everything held, with 1 and a list otherwise. The packages come from assets/node_modules (npm ci).
import { launch } from "./browser.mjs";
import { controlMeeting } from "./control.mjs";
import { Findings } from "./findings.mjs";
import { walkThroughTheDoor } from "./guests.mjs";
import { firstMeeting, logInAgain, setUp } from "./journey.mjs";
import { lookAtEveryPage } from "./pages.mjs";
import { playRecording } from "./recordings.mjs";
import { shareRecording } from "./sharing.mjs";
import { uploadRecording } from "./uploads.mjs";

function setting(name) {
  const value = process.env[name];
  if (!value) {
    console.error(`browser: set ${name}`);
    process.exit(64);
  }
  return value;
}

const world = {
  base: setting("REFLECTOR_URL").replace(/\/$/, ""),
  token: setting("REFLECTOR_SETUP_LINK").split("/").at(-1),
  secret: setting("REFLECTOR_WEBHOOK_SECRET"),
  name: "browser-test",
  password: "a pass phrase for one test",
};

const findings = new Findings();
const browser = await launch();
try {
  await setUp(browser, world, findings);
  const begun = await firstMeeting(browser, world, findings);
  await logInAgain(browser, world, findings);
  await walkThroughTheDoor(browser, world, findings);
  const module = await controlMeeting(browser, world, begun, findings);
  const recording = await playRecording(browser, world, findings);
  await shareRecording(browser, world, recording, findings);
  await uploadRecording(browser, world, recording, findings);
  await lookAtEveryPage(browser, { ...world, ...begun, recording }, findings);
  await module.stop();
} catch (error) {
  findings.add("journey", error.stack ?? String(error));
} finally {
  await browser.close();
}
process.exit(findings.report());
