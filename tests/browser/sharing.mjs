// A recording is shared from the console, watched by a stranger on a phone and on a screen, and taken back.
import { visit } from "./browser.mjs";
import { enter } from "./journey.mjs";
import { look } from "./pages.mjs";

const button = (scope, name) => scope.getByRole("button", { name, exact: true });

/** Makes a link in the dialog; gives it. */
async function makeLink(page, label) {
  await page.getByRole("textbox", { name: "For whom" }).fill(label);
  await page.getByRole("checkbox", { name: "Offer the file for download" }).check();
  await button(page, "Make a link").click();
  return page.getByLabel("The link", { exact: true }).inputValue();
}

/** Plays from the middle, which only a server that answers ranges allows. */
async function playFromTheMiddle(page, findings) {
  await page.waitForFunction(() => document.querySelector("video").readyState >= 1);
  const video = page.locator("video");
  await video.evaluate((media) => {
    media.muted = true;
    media.currentTime = 20;
    return media.play();
  });
  await page.waitForFunction(() => document.querySelector("video").currentTime > 20.3);
  const from = await video.evaluate((media) => (media.pause(), media.played.start(media.played.length - 1)));
  findings.expect(from >= 19.5, "shared", `it played from ${from} s on`);
}

export async function shareRecording(browser, world, recording, findings) {
  const console = await enter(browser, world, findings);
  await console.goto(`${world.base}/admin/#/${recording}`);
  await button(console, "Share").click();
  const link = await makeLink(console, "For the board");
  findings.expect(link.startsWith(`${world.base}/s/`), "shared", `the link is ${link}`);
  await console.getByText("For the board", { exact: true }).waitFor();

  for (const theme of ["light", "dark"]) {
    for (const width of [1280, 360]) {
      const stranger = await visit(browser, world.base, findings, { theme, width, allowed: [403] });
      await stranger.goto(link);
      await stranger.getByRole("heading", { level: 1, name: "Weekly, by phone" }).waitFor();
      await playFromTheMiddle(stranger, findings);
      await look(stranger, "shared", { theme, width }, findings);
      await stranger.goto(`${world.base}/s/nothing`);
      await stranger.getByRole("heading", { name: "This link does not work" }).waitFor();
      await look(stranger, "shared-unknown", { theme, width }, findings);
      await stranger.context().close();
    }
  }
  const plain = await visit(browser, world.base, findings, { javaScriptEnabled: false, allowed: [403] });
  await plain.goto(link);
  const download = plain.waitForEvent("download");
  await plain.getByRole("link", { name: /^Download/ }).click();
  findings.expect((await download).suggestedFilename() === "Weekly, by phone.mp4", "shared", "a download has another name");

  await button(console, "Revoke: For the board").click();
  await console.getByText("Revoked", { exact: true }).waitFor();
  await plain.goto(link);
  await plain.getByRole("heading", { name: "This link is no longer in use" }).waitFor();
  for (const page of [plain, console]) await page.context().close();
}
