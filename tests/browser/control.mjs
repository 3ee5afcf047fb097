// What is done in a meeting from the console reaches our module in Prosody; what is connected is shown.
import { Module, recorder } from "./jitsi.mjs";
import { enter, PERSON } from "./journey.mjs";

const button = (scope, name) => scope.getByRole("button", { name, exact: true });

/** Ends with the module there, for the pictures of the pages; it is the caller's to stop. */
export async function controlMeeting(browser, world, { meeting, room, person }, findings) {
  const page = await enter(browser, world, findings);
  await page.goto(`${world.base}/admin/#/meetings/${encodeURIComponent(meeting)}`);
  await page.getByText("It is not there now.").waitFor();
  const module = new Module(world, findings, [{ room, occupants: [person] }]);
  await page.goto(`${world.base}/admin/#/jitsi`);
  await page.getByText("Connected", { exact: true }).waitFor();
  await recorder(world, "jibri-1", "IDLE");
  await recorder(world, "jibri-2", "IDLE", { Browser: { healthStatus: "UNHEALTHY", detail: "no display" } });
  await page.getByText("Browser: no display").waitFor();
  await page.goto(`${world.base}/admin/#/meetings/${encodeURIComponent(meeting)}`);
  await act(page);
  const did = module.done.map(({ action, occupant, text, on }) => [action, occupant ?? text ?? on]);
  const wanted = [
    ["mute", person.occupant_id],
    ["notice", "Five minutes left"],
    ["set-password", "correct horse"],
    ["lobby", true],
    ["remove", person.occupant_id],
  ];
  findings.expect(JSON.stringify(did) === JSON.stringify(wanted), "control", `the module was told ${JSON.stringify(did)}`);
  await page.context().close();
  return module;
}

async function act(page) {
  const said = (text) => page.getByText(text, { exact: true }).waitFor();
  await button(page, `Mute: ${PERSON}`).click();
  await said(`${PERSON} was muted.`);
  const ask = async (opens, submits, fill) => {
    await button(page, opens).click();
    const dialog = page.getByRole("dialog");
    await fill?.(dialog);
    await button(dialog, submits).click();
  };
  await ask("Say something", "Say it");
  await said("Enter a text.");
  await page.getByRole("dialog").getByLabel("Text").fill("Five minutes left");
  await button(page.getByRole("dialog"), "Say it").click();
  await said("It was said.");
  await ask("Password", "Set it", (dialog) => dialog.getByRole("textbox", { name: "Password" }).fill("correct horse"));
  await said("The password is set.");
  await ask("Lobby", "Set it");
  await said("The lobby is on.");
  await ask(`Remove: ${PERSON}`, "Remove");
  await said(`${PERSON} was sent out.`);
}
