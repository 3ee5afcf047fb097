// A room's own link: a guest with script and one without, a host in the console and one with a link, and each page in
// both themes, wide and narrow.
import { visit } from "./browser.mjs";
import { enter } from "./journey.mjs";
import { look } from "./pages.mjs";

const ROOM = "browser-guest-room";
// Jitsi is not there: that a browser is sent there is all there is to see.
const JITSI = "https://meet.example.com/";

const button = (scope, name) => scope.getByRole("button", { name, exact: true });

async function guest(browser, world, findings, options = {}) {
  return visit(browser, world.base, findings, { outside: JITSI, ...options });
}

async function knock(page, world, name) {
  await page.goto(`${world.base}/r/${ROOM}`);
  await page.getByLabel("Your name").fill(name);
  await button(page, "Ask to come in").click();
  await page.getByRole("heading", { name: "You have knocked" }).waitFor();
}

const isIn = (page) => page.context().waitForEvent("request", (request) => request.url().startsWith(`${JITSI}reflector-`));

/** Makes a locked room with a host's link; gives that link. */
async function makeRoom(page, world, findings) {
  await page.goto(`${world.base}/admin/#/rooms`);
  await button(page, "Create a room").first().click();
  await page.getByRole("textbox", { name: "Name" }).fill(ROOM);
  await page.getByRole("checkbox", { name: "Locked" }).check();
  await page.getByRole("textbox", { name: "People at most" }).fill("none");
  await button(page, "Create the room").click();
  await page.getByText("Use a number from 1 to 1000, or nothing.").waitFor();
  await page.getByRole("textbox", { name: "People at most" }).fill("40");
  await button(page, "Create the room").click();
  await page.getByRole("heading", { level: 1, name: ROOM }).waitFor();
  const share = await page.getByLabel("Link for guests", { exact: true }).inputValue();
  findings.expect(share === `${world.base}/r/${ROOM}`, "guests", `the link to share is ${share}`);
  await button(page, "Make a host link").click();
  const link = await page.getByLabel("Link for the host", { exact: true }).inputValue();
  findings.expect(link.startsWith(`${share}/host/`), "guests", `the host's link is ${link}`);
  return link;
}

/** The console hears of who knocks, and lets in with script and without. */
async function fromTheConsole(browser, console, world, findings) {
  const [scripted, plain, turnedAway] = await Promise.all([
    guest(browser, world, findings),
    guest(browser, world, findings, { javaScriptEnabled: false }),
    guest(browser, world, findings, { allowed: [403] }),
  ]);
  await knock(scripted, world, "Ada Script");
  await knock(plain, world, "Bo Plain");
  await knock(turnedAway, world, "Cy Away");
  await console.getByText("3 guests are waiting").waitFor();
  await button(console, "Let in: Ada Script").click();
  await button(console, "Let in: Bo Plain").click();
  await button(console, "Turn away: Cy Away").click();
  await turnedAway.getByRole("heading", { name: "You were not let in" }).waitFor();
  // They were let in, and wait for the meeting.
  await scripted.getByRole("heading", { name: "The meeting has not started" }).waitFor();
  await plain.getByRole("heading", { name: "The meeting has not started" }).waitFor();
  const goIn = Promise.all([isIn(scripted), isIn(plain)]);
  await button(console, "Start a meeting").click();
  await goIn;
  await scripted.goto(`${world.base}/r/${ROOM}`);
  findings.expect((await scripted.getByLabel("Your name").inputValue()) === "Ada Script", "guests", "the name is not remembered");
  for (const page of [scripted, plain, turnedAway]) await page.context().close();
}

/** The host's page hears of who knocks while a name is typed, lets in, and opens the meeting beside itself. */
async function fromTheLink(browser, link, world, findings) {
  const host = await guest(browser, world, findings);
  await host.goto(link);
  await host.getByText("Nobody is waiting.").waitFor();
  await host.getByLabel("Your name").fill("Zoë Host");
  const comes = await guest(browser, world, findings);
  await knock(comes, world, "Di <b>Late</b>");
  await host.getByText("Di <b>Late</b>", { exact: true }).waitFor();
  findings.expect((await host.getByLabel("Your name").inputValue()) === "Zoë Host", "host", "what was typed is gone");
  const goesIn = isIn(comes);
  await button(host, "Let in Di <b>Late</b>").click();
  await goesIn;
  await host.getByLabel("Your name").fill("Zoë Host");
  const opened = isIn(host);
  await button(host, "Join the meeting").click();
  await opened;
  findings.expect(host.url() === link, "host", `the host's page is at ${host.url()}`);
  await host.context().close();
  await comes.context().close();
}

export async function walkThroughTheDoor(browser, world, findings) {
  const console = await enter(browser, world, findings);
  const link = await makeRoom(console, world, findings);
  await fromTheConsole(browser, console, world, findings);
  await console.context().close();
  await fromTheLink(browser, link, world, findings);
  for (const theme of ["light", "dark"]) {
    for (const width of [1280, 360]) await lookAtThePages(browser, link, world, { theme, width }, findings);
  }
}

async function lookAtThePages(browser, link, world, view, findings) {
  const page = await guest(browser, world, findings, { ...view, allowed: [404, 403, 410, 422] });
  await page.goto(`${world.base}/r/nowhere`);
  await look(page, "guest-unknown", view, findings);
  await page.goto(`${world.base}/r/${ROOM}`);
  await look(page, "guest-door", view, findings);
  await page.goto(`${world.base}/r/${ROOM}/wait/never`);
  await look(page, "guest-gone", view, findings);
  await knock(page, world, "A rather long name that somebody from far away might well have");
  await look(page, "guest-wait", view, findings);
  const host = await guest(browser, world, findings, view);
  await host.goto(link);
  await look(host, "host", view, findings);
  const console = await enter(browser, world, findings, view);
  await console.getByText("guest is waiting").waitFor();
  await look(console, "overview-knock", view, findings);
  await console.goto(`${world.base}/admin/#/rooms/${ROOM}`);
  await console.getByRole("heading", { level: 1, name: ROOM }).waitFor();
  await look(console, "room-share", view, findings);
  await host.getByRole("button", { name: /^Turn away/ }).click();
  await page.getByRole("heading", { name: "You were not let in" }).waitFor();
  await look(page, "guest-refused", view, findings);
  for (const one of [page, host, console]) await one.context().close();
}
