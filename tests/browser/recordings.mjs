// A recording is listed, assigned to its meeting, played, sought in by its people, put into the trash and taken out again.
import { visit } from "./browser.mjs";
import { post } from "./jitsi.mjs";
import { enter } from "./journey.mjs";

const FILE = "by-phone.mp4";
const NAME = "Weekly, by phone";
const ROOM = "browser-weekly";
/** More than are shown at first. */
const CROWD = 30;

const button = (scope, name) => scope.getByRole("button", { name, exact: true });
const heading = (page, name) => page.getByRole("heading", { level: 1, name });
const video = (page, read) => page.locator("video").evaluate(read);

/** Gives the address of the recording, after `#/`. */
export async function playRecording(browser, world, findings) {
  const page = await enter(browser, world, findings);
  await assign(page, world, findings);
  const address = new URL(page.url()).hash.slice(2);
  await play(page, findings);
  await seekByPeople(page, findings);
  await narrow(browser, world, address, findings);
  await edit(page, findings);
  await throwAwayAndBack(page, world);
  await page.goto(`${world.base}/admin/#/recordings?view=truncated`);
  await page.getByRole("link", { name: "cut.mp4" }).click();
  await page.getByText("killed before it could write the file's index").waitFor();
  findings.expect((await page.locator("video").count()) === 0, "recording", "a file without an index has a player");
  await repair(page, world, findings);
  await page.context().close();

  const stranger = await visit(browser, world.base, findings, { allowed: [401] });
  for (const what of ["media", "people"]) {
    const refused = await stranger.goto(`${world.base}/v1/${address}/${what}`);
    findings.expect(refused.status() === 401, "recording", `a stranger gets ${refused.status()} for the ${what}`);
  }
  await stranger.context().close();
  return address;
}

/** Tells of the meeting that was recorded: who came, and who spoke. */
async function tellOfTheMeeting(world, began) {
  const at = (seconds) => new Date(began + seconds * 1000).toISOString();
  const tell = (event, seconds, data) => post(world, "jitsi/events", { event, room: ROOM, timestamp: at(seconds), data });
  const comes = (seconds, id, nick, role = "participant") => tell("muc-occupant-joined", seconds, { occupant_id: id, nick, role });
  await comes(-60, "ada@x/1", "Ada Host", "moderator");
  await comes(-50, "ben@x/1", "Ben <i>Late</i>");
  for (let nth = 3; nth <= CROWD; nth++) await comes(-40 + nth, `crowd-${nth}@x/1`, `Listener ${nth}`);
  const changes = [
    [-5, "ada", false],
    [10, "ben", false],
    [12, "ada", false],
    [18, "ada", true],
    [20, "ben", false],
    [26, "ben", true],
  ].map(([seconds, who, silence]) => ({ occupant_id: `${who}@x/1`, at: at(seconds), silence }));
  await tell("dominant-speaker-changed", 29, { changes });
}

/** What ends in the middle plays up to there, is repaired, and leads to what came of it. */
async function repair(page, world, findings) {
  await page.goto(`${world.base}/admin/#/recordings?view=truncated`);
  await page.getByRole("link", { name: "pieces.mp4" }).click();
  await page.waitForFunction(() => document.querySelector("video")?.readyState >= 1);
  await button(page, "Repair").click();
  await page.getByRole("link", { name: "Go to the repaired recording" }).click();
  await heading(page, "pieces.repaired.mp4").waitFor();
  await page.getByText("Ready", { exact: true }).waitFor();
  await page.waitForFunction(() => document.querySelector("video")?.readyState >= 1);
  const length = await video(page, (media) => media.duration);
  findings.expect(length > 1 && length < 5, "repair", `the repaired recording is ${length} s long`);
  await page.getByRole("link", { name: "the recording that is cut off" }).click();
  await heading(page, "pieces.mp4").waitFor();
}

/** What was found without a meeting is assigned to one, in the list. */
async function assign(page, world, findings) {
  await page.goto(`${world.base}/admin/#/recordings?view=unmatched`);
  await page.getByRole("link", { name: FILE }).waitFor();
  const began = await page.evaluate(async () => {
    const { items } = await (await fetch("../v1/recordings?matched=false&q=by-phone")).json();
    return Date.parse(items[0].started_at);
  });
  await tellOfTheMeeting(world, began);
  await button(page, `Assign to a meeting: ${FILE}`).click();
  const dialog = page.getByRole("dialog");
  const choices = dialog.getByLabel("Meeting", { exact: true });
  const value = await choices.locator("option", { hasText: ROOM }).getAttribute("value");
  await choices.selectOption(value);
  await button(dialog, "Assign").click();
  await dialog.waitFor({ state: "detached" });
  await page.goto(`${world.base}/admin/#/recordings?view=ready`);
  await page.locator(".thumb img").first().waitFor();
  await page.getByRole("link", { name: FILE }).click();
  await heading(page, FILE).waitFor();
  findings.expect(await page.getByText("Ready", { exact: true }).isVisible(), "recording", "is not said to be ready");
}

async function play(page, findings) {
  const say = (what) => `the player: ${what}`;
  await page.waitForFunction(() => document.querySelector("video").readyState >= 1);
  const length = await video(page, (media) => media.duration);
  findings.expect(Math.abs(length - 30) < 1, "player", say(`${length} s long, not 30`));
  for (const [name, rate] of [["0.5×", 0.5], ["2×", 2], ["1.5×", 1.5]]) {
    await button(page, name).click();
    findings.expect((await video(page, (media) => media.playbackRate)) === rate, "player", say(`the speed is not ${name}`));
  }
  await page.reload();
  await page.waitForFunction(() => document.querySelector("video")?.readyState >= 1);
  findings.expect((await video(page, (media) => media.playbackRate)) === 1.5, "player", say("the speed is forgotten"));
  await button(page, "1×").click();

  await button(page, "10 s on").click();
  await at(page, 10, "a step", findings);
  await video(page, (media) => (media.muted = true));
  await heading(page, FILE).focus();
  for (const [key, second] of [["l", 20], ["j", 10], ["ArrowRight", 15], ["ArrowLeft", 10], ["6", 18]]) {
    await page.keyboard.press(key);
    await at(page, second, `the key ${key}`, findings);
  }
  await page.keyboard.press(">");
  findings.expect((await video(page, (media) => media.playbackRate)) === 1.25, "player", say("the key > makes nothing faster"));
  await page.keyboard.press("<");
  await page.keyboard.press("Space");
  await page.waitForFunction(() => !document.querySelector("video").paused && document.querySelector("video").currentTime > 18.3);
  const head = await page.locator(".playhead").evaluate((one) => Number.parseFloat(getComputedStyle(one.closest(".timeline-body")).getPropertyValue("--at")));
  findings.expect(head > 60, "player", say(`the playhead is at ${head} %`));
  await page.keyboard.press("k");
  findings.expect(await video(page, (media) => media.paused), "player", say("the key k does not pause"));
  await button(page, "Copy link to this moment").click();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  findings.expect(/#\/recordings\/[^?]+\?t=1[89]$/.test(link), "player", say(`the link is ${link}`));
  await page.goto("about:blank");
  await page.goto(link);
  await at(page, Number(link.split("t=")[1]), "a link to a moment", findings);
}

/** The player comes to that second. */
async function at(page, second, how, findings) {
  const there = await page
    .waitForFunction((wanted) => Math.abs((document.querySelector("video")?.currentTime ?? -9) - wanted) < 0.6, second)
    .then(() => true, () => false);
  const now = await video(page, (media) => media.currentTime);
  findings.expect(there, "player", `${how} leads to ${now} s, not to ${second} s`);
}

async function seekByPeople(page, findings) {
  const lane = (name) => page.locator(".lane-button", { hasText: name });
  await lane("Ada Host").waitFor();
  await page.getByText(`2 of ${CROWD} spoke`).waitFor();
  const order = await page.locator(".lane-text").evaluateAll((names) => names.slice(0, 2).map((name) => name.textContent));
  findings.expect(JSON.stringify(order) === '["Ada Host","Ben <i>Late</i>"]', "people", `the first are ${order}`);
  findings.expect((await page.locator(".lane-button").count()) === 12, "people", "not 12 are shown at first");
  await button(page, `Show all ${CROWD} people`).click();
  findings.expect((await page.locator(".lane-button").count()) === CROWD, "people", "not all are shown");
  await button(page, "Show fewer").click();

  const track = lane("Listener 3").locator(".track");
  const { width } = await track.boundingBox();
  await track.click({ position: { x: width / 2, y: 4 } });
  await at(page, 15, "a press in the middle of a lane", findings);
  await lane("Ben <i>Late</i>").locator(".lane-text").click();
  await at(page, 20, "a press on a name", findings);
  await page.locator(".lane.shown", { hasText: "Ben <i>Late</i>" }).waitFor();
  await page.keyboard.press("ArrowLeft");
  await at(page, 10, "the turn before, by key", findings);
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowRight");
  await at(page, 12, "the next turn of the one above, by key", findings);
  await page.keyboard.press("Enter");
  await at(page, 0, "the first turn after the last", findings);
}

/** By finger, where it is narrow: a tap goes there. */
async function narrow(browser, world, address, findings) {
  const page = await enter(browser, world, findings, { width: 360, theme: "dark" });
  await page.goto(`${world.base}/admin/#/${address}`);
  await page.waitForFunction(() => document.querySelector("video")?.readyState >= 1);
  const track = page.locator(".lane-button .track").first();
  await track.scrollIntoViewIfNeeded();
  const { width } = await track.boundingBox();
  await track.dispatchEvent("pointerdown", { pointerType: "touch", button: 0, clientX: 0 });
  await at(page, 0, "a finger that only touches", findings);
  await track.click({ position: { x: width / 2, y: 4 } });
  await at(page, 15, "a tap in the middle", findings);
  await page.context().close();
}

async function edit(page, findings) {
  await button(page, "Edit").click();
  await page.getByRole("textbox", { name: "Title" }).fill(NAME);
  // Keys of the player are letters here.
  const before = await video(page, (media) => media.currentTime);
  await page.keyboard.press("l");
  await page.getByRole("textbox", { name: "Title" }).fill(NAME);
  findings.expect((await video(page, (media) => media.currentTime)) === before, "player", "typing seeks");
  await button(page, "Save").click();
  await heading(page, NAME).waitFor();
  await button(page, "Put on hold").click();
  await button(page, "Take off hold").waitFor();
  findings.expect((await button(page, "Delete").count()) === 0, "recording", "what is on hold can be deleted");
  await button(page, "Take off hold").click();
}

async function throwAwayAndBack(page, world) {
  await button(page, "Delete").click();
  await button(page.getByRole("dialog"), "Put into the trash").click();
  await button(page, "Delete for good").waitFor();
  await page.goto(`${world.base}/admin/#/recordings?view=trashed`);
  await button(page, `Delete for good: ${NAME}`).click();
  await button(page.getByRole("dialog"), "Cancel").click();
  await button(page, `Restore: ${NAME}`).click();
  await page.getByText("The trash is empty.").waitFor();
  await page.goto(`${world.base}/admin/#/recordings?view=ready`);
  await page.getByRole("link", { name: NAME }).click();
  await page.getByText("Ready", { exact: true }).waitFor();
}
