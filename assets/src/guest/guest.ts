// What script adds to the pages of guests, which are whole without it: the name is remembered on this device, a form is
// sent once, who waits need not wait for the page to look again, moments are in the reader's own time, and a recording
// that this browser cannot play says so.
const NAME_KEY = "reflector.guest-name";
const AFTER_FAILURE_MS = 5_000;

interface Waiter {
  id: string;
  name: string;
  /** Only who knocks is let in; the others come in by themselves. */
  state: string;
}

interface HostState {
  open: boolean;
  waiting: Waiter[];
}

/** Storage may be forbidden; then nothing is remembered. */
function remembered(name?: string): string {
  try {
    if (name) localStorage.setItem(NAME_KEY, name);
    return localStorage.getItem(NAME_KEY) ?? "";
  } catch {
    return "";
  }
}

function rememberName(field: HTMLInputElement): void {
  field.value ||= remembered();
  field.form?.addEventListener("submit", () => remembered(field.value.trim()));
}

/** A second tap does not come a second time. A page that is come back to may be sent again. */
function sendOnce(form: HTMLFormElement): void {
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
  addEventListener("pageshow", () => {
    sent = false;
  });
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks again and again whether something has changed; the server answers when it has. */
async function follow(seen: string, changed: (state: string) => boolean): Promise<void> {
  for (;;) {
    try {
      const answer = await fetch(`${location.pathname}/state?seen=${seen}`, { cache: "no-store" });
      const mark = (answer.headers.get("ETag") ?? "").replace(/^W\/|"/g, "");
      if (answer.ok && mark && mark !== seen) {
        seen = mark;
        if (!changed(await answer.text())) return;
      } else if (answer.status === 404) {
        location.reload();
        return;
      } else if (!answer.ok) {
        await pause(AFTER_FAILURE_MS);
      }
    } catch {
      await pause(AFTER_FAILURE_MS);
    }
  }
}

function item(template: HTMLTemplateElement, waiter: Waiter): Node {
  const made = template.content.cloneNode(true) as DocumentFragment;
  const name = made.querySelector("[data-name]");
  if (name) name.textContent = waiter.name;
  made.querySelector("input")?.setAttribute("value", waiter.id);
  for (const button of made.querySelectorAll("button")) {
    button.hidden = button.dataset.admit !== undefined && waiter.state !== "locked";
    button.setAttribute("aria-label", `${button.dataset.label ?? ""} ${waiter.name}`);
  }
  return made;
}

function showWaiting(section: HTMLElement, waiting: Waiter[]): void {
  const template = section.querySelector("template");
  const list = section.querySelector("ul");
  if (!template || !list) return;
  list.replaceChildren(...waiting.map((waiter) => item(template, waiter)));
  section.querySelector<HTMLElement>("[data-nobody]")!.hidden = waiting.length > 0;
  document.title = document.title.replace(/^(\(\d+\) )?/, waiting.length > 0 ? `(${waiting.length}) ` : "");
}

/** Moments are in UTC until the reader's own clock is known. */
for (const time of document.querySelectorAll("time")) {
  time.textContent = new Date(time.dateTime).toLocaleString([], { dateStyle: "long", timeStyle: "short" });
}

const media = document.querySelector<HTMLMediaElement>(".media");
const tellFailure = () => document.querySelector("[data-failed]")?.removeAttribute("hidden");
media?.addEventListener("error", tellFailure);
if (media?.error) tellFailure();

const field = document.querySelector<HTMLInputElement>("#name");
if (field) rememberName(field);
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-once]")) sendOnce(form);

const page = document.querySelector<HTMLElement>("[data-follow]");
if (page?.dataset.follow === "guest") {
  void follow(page.dataset.seen ?? "", () => {
    location.reload();
    return false;
  });
}
if (page?.dataset.follow === "host") {
  void follow(page.dataset.seen ?? "", (text) => {
    const state = JSON.parse(text) as HostState;
    showWaiting(page, state.waiting);
    const button = document.querySelector("form:not(li form) .button.primary");
    if (button) button.textContent = state.open ? "Join the meeting" : "Start the meeting";
    return true;
  });
}
