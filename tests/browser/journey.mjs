// The main job, end to end, as someone does it who has never seen the console.
import { visit } from "./browser.mjs";
import { joined, post } from "./jitsi.mjs";

const ROOM = "browser-test-room";
export const PERSON = "Zoë Élan-Browsertest";

const button = (scope, name) => scope.getByRole("button", { name, exact: true });

async function logIn(page, { name, password }) {
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await button(page, "Log in").click();
}

/** Opens the console as the person who logged in first: a server rightly refuses a log-in for every page. */
export async function enter(browser, world, findings, options = {}) {
  const page = await visit(browser, world.base, findings, { ...options, state: world.state });
  await page.goto(`${world.base}/admin/`);
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  return page;
}

/** Uses the set-up link, logs out and in again; keeps the session for the other steps. */
export async function setUp(browser, world, findings) {
  const page = await visit(browser, world.base, findings);
  const root = await page.goto(`${world.base}/`);
  findings.expect(root.url() === `${world.base}/admin/`, "root", `leads to ${root.url()}`);
  await page.goto(`${world.base}/admin/#/setup/${world.token}`);
  await page.getByLabel("Your name").fill(world.name);
  await page.getByLabel("Password", { exact: true }).fill("short");
  await button(page, "Set up and log in").click();
  findings.expect(await page.getByText("Use at least 12 characters.").isVisible(), "set-up", "a short password is not refused");
  const focused = await page.evaluate(() => document.activeElement?.getAttribute("name"));
  findings.expect(focused === "password", "set-up", `the focus is on ${focused}, not on the refused field`);
  await page.getByLabel("Password", { exact: true }).fill(world.password);
  await button(page, "Set up and log in").click();
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  await button(page, "Log out").click();
  await page.getByRole("heading", { level: 1, name: "Log in" }).waitFor();
  findings.expect(!page.url().includes(world.token), "set-up", "the token stays in the address");
  await logIn(page, world);
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  world.state = await page.context().storageState();
  await page.context().close();
}

/** Creates a room, starts a meeting, copies its links, and sees someone join. Gives the meeting, its name at Jitsi, and who joined. */
export async function firstMeeting(browser, world, findings) {
  const page = await enter(browser, world, findings);
  await page.getByRole("link", { name: "Rooms", exact: true }).click();
  await button(page, "Create a room").first().click();
  await page.getByRole("textbox", { name: "Name" }).fill(ROOM);
  await button(page, "Create the room").click();
  await page.getByRole("heading", { level: 1, name: ROOM }).waitFor();
  await button(page, "Start a meeting").click();
  const guest = await page.getByLabel("Guest link", { exact: true }).inputValue();
  const host = await page.getByLabel("Host link", { exact: true }).inputValue();
  findings.expect(/^https:.*\?jwt=/.test(guest) && guest !== host, "links", `guest ${guest}, host ${host}`);
  await page.getByRole("button", { name: "Copy: Guest link" }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  findings.expect(copied === guest, "links", "the guest link is not in the clipboard");
  await personLink(page, findings);
  await page.getByRole("link", { name: "Go to the meeting" }).click();
  await page.getByText("Nobody has joined yet.").waitFor();
  const id = decodeURIComponent(page.url().split("/meetings/")[1]);
  const room = new URL(guest).pathname.split("/").at(-1);
  const person = { occupant_id: "occupant-1", nick: PERSON, role: "participant", affiliation: "none" };
  await joinsAndIsSeen(page, world, joined(room, person), findings);
  await page.context().close();
  return { meeting: id, room, person };
}

async function personLink(page, findings) {
  await page.getByText("A link for one person").click();
  await page.getByLabel("Name of the person").fill(PERSON);
  await button(page, "Make the link").click();
  const link = await page.getByLabel(`Link for ${PERSON}`, { exact: true }).inputValue();
  findings.expect(link.includes("jwt="), "links", `the link for one person is ${link}`);
}

/** Posts a signed event as Jitsi does; the open page must show the person without a reload. */
async function joinsAndIsSeen(page, world, event, findings) {
  const { status } = await post(world, "jitsi/events", event);
  findings.expect(status === 200, "event", `answered with ${status}`);
  await page.locator(".lane-button", { hasText: PERSON }).waitFor();
  findings.expect(await page.getByText("Live · 1 person").isVisible(), "meeting", "does not say that one person is in it");
  await page.locator(".lane-button").first().focus();
  findings.expect(await page.locator(".lane-card").isVisible(), "time line", "a focused lane shows no card");
  await button(page, "Table").click();
  await page.getByRole("rowheader", { name: PERSON }).waitFor();
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download CSV" }).click();
  const csv = await readAll(await (await download).createReadStream());
  findings.expect(csv.includes(PERSON), "attendance", "the CSV does not name the person");
  await button(page, "Time line").click();
}

async function readAll(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** A wrong password says so at the field; a session that was ended elsewhere asks again and stays on the page. */
export async function logInAgain(browser, world, findings) {
  const page = await visit(browser, world.base, findings, { allowed: [401] });
  await page.goto(`${world.base}/admin/#/rooms`);
  await page.getByLabel("Name", { exact: true }).fill(world.name);
  await page.getByLabel("Password", { exact: true }).fill("not the pass phrase");
  await button(page, "Log in").click();
  await page.getByText("Name or password is wrong.").waitFor();
  await logIn(page, world);
  await page.getByRole("heading", { level: 1, name: "Rooms" }).waitFor();
  await page.context().clearCookies();
  await page.getByRole("link", { name: "Meetings", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Your session has ended" });
  await dialog.getByLabel("Password", { exact: true }).fill(world.password);
  await button(dialog, "Log in").click();
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("rowheader", { name: ROOM }).first().waitFor();
  findings.expect(page.url().endsWith("#/meetings"), "session", `is at ${page.url()} after the second log-in`);
  await page.context().close();
}
