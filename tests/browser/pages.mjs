// Every page in both themes, wide and narrow: no accessibility violation, nothing that sticks out sideways.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { visit } from "./browser.mjs";
import { enter } from "./journey.mjs";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const SHOTS = process.env.REFLECTOR_SHOTS;
const SETTLE_MS = 150;

const open = (name) => async (page) => {
  await page.getByRole("button", { name }).first().click();
  await page.getByRole("dialog").waitFor();
};

const doctorAnswered = async (page) => {
  await page.locator(".doctor-sum").first().waitFor();
  for (const fold of await page.locator("details.fold > summary").all()) await fold.click();
};

const judgeLink = async (page) => {
  await page.locator(".doctor-sum").first().waitFor();
  await page.getByLabel("The link, or its token").fill("https://meet.example.com/standup?jwt=a.b.c");
  await page.getByRole("button", { name: "Judge it" }).click();
  await page.getByText("Nobody gets in with this link.").waitFor();
};

const allPeople = async (page) => {
  await page.getByText("Keys", { exact: true }).click();
  await page.getByRole("button", { name: /^Show all/ }).click();
  await page.locator(".timeline").scrollIntoViewIfNeeded();
};

/** Name, address after `#/`, and what to open on it. */
const pagesOf = ({ meeting, recording }) => [
  ["overview", ""],
  ["rooms", "rooms"],
  ["room-form", "rooms", open("Create a room")],
  ["room", "rooms/browser-test-room"],
  ["room-links", "rooms/browser-test-room", open("Start a meeting")],
  ["room-delete", "rooms/browser-test-room", open("Delete")],
  ["meetings", "meetings"],
  ["meetings-none", "meetings?q=no-such-meeting"],
  ["meeting", `meetings/${encodeURIComponent(meeting)}`],
  ["meeting-remove", `meetings/${encodeURIComponent(meeting)}`, open(/^Remove: /)],
  ["meeting-end", `meetings/${encodeURIComponent(meeting)}`, open("End the meeting")],
  ["recordings", "recordings"],
  ["recordings-truncated", "recordings?view=truncated"],
  ["recordings-unmatched", "recordings?view=unmatched"],
  ["recordings-upload", "recordings", open("Upload")],
  ["recordings-trash", "recordings?view=trashed"],
  ["recording", recording],
  ["recording-people", recording, allPeople],
  ["recording-form", recording, open("Edit")],
  ["recording-share", recording, open("Share")],
  ["tokens", "tokens"],
  ["token-form", "tokens", open("Create a token")],
  ["users", "users"],
  ["invite", "users", open("Invite someone")],
  ["activity", "activity"],
  ["jobs", "jobs"],
  ["jitsi", "jitsi"],
  ["doctor", "doctor", doctorAnswered],
  ["doctor-link", "doctor", judgeLink],
  ["nowhere", "no-such-page"],
];

export async function lookAtEveryPage(browser, world, findings) {
  for (const theme of ["light", "dark"]) {
    for (const width of [1280, 360]) {
      const stranger = await visit(browser, world.base, findings, { theme, width });
      await stranger.goto(`${world.base}/admin/`);
      await stranger.getByRole("heading", { level: 1, name: "Log in" }).waitFor();
      await look(stranger, "login", { theme, width }, findings);
      await stranger.goto(`${world.base}/docs`);
      await stranger.getByRole("article").first().waitFor();
      await look(stranger, "docs", { theme, width }, findings);
      await stranger.context().close();
      await lookInside(browser, world, { theme, width }, findings);
    }
  }
}

async function lookInside(browser, world, view, findings) {
  const page = await enter(browser, world, findings, view);
  for (const [name, address, act] of pagesOf(world)) {
    // Another document each time, so that no page leans on what the one before it loaded.
    await page.goto("about:blank");
    await page.goto(`${world.base}/admin/#/${address}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForTimeout(SETTLE_MS);
    if (act) await act(page);
    await look(page, name, view, findings);
  }
  if (view.width < 500) {
    await page.goto(`${world.base}/admin/#/`);
    await page.getByRole("button", { name: "Menu" }).click();
    await look(page, "menu", view, findings);
  }
  await page.context().close();
}

export async function look(page, name, { theme, width }, findings) {
  const where = `${name} (${theme}, ${width})`;
  await page.locator(".waiting").first().waitFor({ state: "detached" });
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  findings.expect(over <= 0, where, `sticks out by ${over} px`);
  const violations = await page.evaluate(async (tags) => {
    const result = await globalThis.axe.run({ runOnly: tags });
    return result.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`);
  }, RULES);
  findings.expect(violations.length === 0, where, violations.join("; "));
  if (!SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}-${theme}-${width}.png`) });
}
