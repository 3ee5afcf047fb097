// A recording is listed, played, sought in, named, put into the trash and taken out again.
import { visit } from "./browser.mjs";
import { enter } from "./journey.mjs";

const FILE = "by-phone.mp4";
const NAME = "Weekly, by phone";

const button = (scope, name) => scope.getByRole("button", { name, exact: true });
const heading = (page, name) => page.getByRole("heading", { level: 1, name });

/** Gives the address of the recording, after `#/`. */
export async function playRecording(browser, world, findings) {
  const page = await enter(browser, world, findings);
  await page.goto(`${world.base}/admin/#/recordings`);
  await page.getByRole("link", { name: FILE }).click();
  await heading(page, FILE).waitFor();
  await page.getByText("Ready", { exact: true }).waitFor();
  const address = new URL(page.url()).hash.slice(2);

  const video = page.locator("video");
  const state = (read) => video.evaluate(read);
  await page.waitForFunction(() => document.querySelector("video").readyState >= 1);
  const length = await state((media) => media.duration);
  findings.expect(Math.abs(length - 30) < 1, "player", `the recording is ${length} s long, not 30`);
  await button(page, "1.5×").click();
  findings.expect((await state((media) => media.playbackRate)) === 1.5, "player", "the speed is not the chosen one");
  await button(page, "10 s on").click();
  await button(page, "10 s on").click();
  await page.waitForFunction(() => !document.querySelector("video").seeking);
  await state((media) => {
    media.muted = true;
    return media.play();
  });
  await page.waitForFunction(() => document.querySelector("video").currentTime > 20.3);
  await state((media) => media.pause());

  await button(page, "Edit").click();
  await page.getByRole("textbox", { name: "Title" }).fill(NAME);
  await button(page, "Save").click();
  await heading(page, NAME).waitFor();

  await button(page, "Put on hold").click();
  await button(page, "Take off hold").waitFor();
  findings.expect((await button(page, "Delete").count()) === 0, "recording", "what is on hold can be deleted");
  await button(page, "Take off hold").click();
  await button(page, "Delete").click();
  await button(page.getByRole("dialog"), "Put into the trash").click();
  await button(page, "Restore").waitFor();
  await page.goto(`${world.base}/admin/#/recordings?view=trashed`);
  await page.getByRole("link", { name: NAME }).click();
  await button(page, "Restore").click();
  await page.getByText("Ready", { exact: true }).waitFor();
  await page.goto(`${world.base}/admin/#/recordings?view=truncated`);
  await page.getByRole("link", { name: "cut.mp4" }).click();
  await page.getByText("No player opens this file.").waitFor();
  await page.context().close();

  const stranger = await visit(browser, world.base, findings, { allowed: [401] });
  const refused = await stranger.goto(`${world.base}/v1/${address}/media`);
  findings.expect(refused.status() === 401, "recording", `a stranger gets ${refused.status()}`);
  await stranger.context().close();
  return address;
}
