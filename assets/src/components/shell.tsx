// The frame around every page: navigation, connection state, theme, and who one is.
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { apiUrl, asProblem } from "../api";
import { connection } from "../live";
import { forgetAll } from "../query";
import { route } from "../router";
import { logOut, session } from "../session";
import { t } from "../texts";
import { toast } from "../toast";
import { Icon, type IconName, Mark } from "./icon";
import { DiskAlarm } from "./storage-meter";
import { ThemeSwitch } from "./theme-switch";

const PAGES: { path: string; icon: IconName; label: string }[] = [
  { path: "", icon: "overview", label: t.nav.overview },
  { path: "rooms", icon: "rooms", label: t.nav.rooms },
  { path: "meetings", icon: "meetings", label: t.nav.meetings },
  { path: "recordings", icon: "record", label: t.nav.recordings },
  { path: "tokens", icon: "tokens", label: t.nav.tokens },
  { path: "users", icon: "users", label: t.nav.users },
  { path: "activity", icon: "activity", label: t.nav.activity },
  { path: "jobs", icon: "jobs", label: t.nav.jobs },
  { path: "jitsi", icon: "jitsi", label: t.nav.jitsi },
  { path: "doctor", icon: "doctor", label: t.nav.doctor },
];

export function Shell({ children }: { children: ComponentChildren }) {
  const open = useSignal(false);
  const here = route.value.path[0] ?? "";
  useEffect(() => {
    open.value = false;
  }, [route.value]);
  // A plain "#main" link would change the route.
  const skip = (event: Event) => {
    event.preventDefault();
    document.getElementById("main")?.focus();
  };
  return (
    <div class="shell">
      <a class="skip" href="#main" onClick={skip}>
        {t.nav.skip}
      </a>
      <header class={open.value ? "side open" : "side"} onKeyDown={(e) => e.key === "Escape" && (open.value = false)}>
        <div class="side-top">
          <a class="brand" href="#/">
            <Mark /> {t.brand}
          </a>
          <Connection />
          <button
            type="button"
            class="icon-button menu-button"
            aria-expanded={open.value}
            aria-controls="nav"
            aria-label={open.value ? t.nav.closeMenu : t.nav.menu}
            onClick={() => (open.value = !open.value)}
          >
            <Icon name={open.value ? "close" : "menu"} />
          </button>
        </div>
        <div class="side-body" id="nav">
          <nav aria-label={t.nav.label}>
            {PAGES.map((page) => (
              <a key={page.path} href={`#/${page.path}`} aria-current={here === page.path ? "page" : undefined}>
                <Icon name={page.icon} /> {page.label}
              </a>
            ))}
            <a href={apiUrl("docs")}>
              <Icon name="docs" /> {t.nav.docs}
            </a>
          </nav>
          <Account />
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        <DiskAlarm />
        {children}
      </main>
    </div>
  );
}

function Connection() {
  const state = connection.value;
  return (
    <span class={`connection ${state}`} title={t.live.hint[state]}>
      <span class="connection-dot" aria-hidden="true" />
      <span>{t.live[state]}</span>
    </span>
  );
}

function Account() {
  const leave = async () => {
    try {
      await logOut();
      forgetAll();
    } catch (error) {
      toast(asProblem(error).message, "bad");
    }
  };
  return (
    <div class="account">
      <ThemeSwitch />
      <div class="account-row">
        <span class="account-name" title={t.nav.loggedInAs(session.value?.user?.name ?? "")}>
          {session.value?.user?.name}
        </span>
        <button type="button" class="button quiet small" onClick={leave}>
          <Icon name="logout" /> {t.nav.logOut}
        </button>
      </div>
    </div>
  );
}
