// A file is uploaded in the console, over a connection that fails once.
import { enter } from "./journey.mjs";

const TITLE = "Uploaded by hand";

const button = (scope, name) => scope.getByRole("button", { name, exact: true });

export async function uploadRecording(browser, world, recording, findings) {
  const page = await enter(browser, world, findings, { allowed: [503] });
  const media = await page.request.get(`${world.base}/v1/${recording}/media`);
  const file = { name: "by-hand.mp4", mimeType: "video/mp4", buffer: await media.body() };
  await page.goto(`${world.base}/admin/#/recordings`);
  await button(page, "Upload").click();
  const dialog = page.getByRole("dialog", { name: "Upload a recording" });
  await button(dialog, "Upload").click();
  await dialog.getByText("Choose a file.").waitFor();
  await dialog.getByLabel("File").setInputFiles(file);
  await dialog.getByRole("textbox", { name: "Title" }).fill(TITLE);
  let failures = 0;
  await page.route("**/v1/recordings/uploads/*", (route) => {
    if (route.request().method() !== "PATCH" || failures++ > 0) return route.continue();
    return route.fulfill({ status: 503, body: "" });
  });
  await button(dialog, "Upload").click();
  await dialog.getByText("The connection is lost.").waitFor();
  await dialog.getByText("The file is there.").waitFor();
  findings.expect(failures === 2, "upload", `a part was sent ${failures} times, not twice`);
  await dialog.getByRole("link", { name: "Go to the recording" }).click();
  await page.getByRole("heading", { level: 1, name: TITLE }).waitFor();
  await page.getByText("Ready", { exact: true }).waitFor();
  await page.waitForFunction(() => document.querySelector("video").readyState >= 1);
  const left = await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("reflector.upload")));
  findings.expect(left.length === 0, "upload", `what is done is remembered: ${left}`);
  await page.context().close();
}
