// The frame of the pages before one is in: set-up and log-in.
import type { ComponentChildren } from "preact";
import { Mark } from "../components/icon";
import { PageHead } from "../components/page";
import { ThemeSwitch } from "../components/theme-switch";
import { t } from "../texts";

interface Props {
  title: string;
  lead?: ComponentChildren;
  aside?: ComponentChildren;
  children: ComponentChildren;
}

export function Gate({ title, lead, aside, children }: Props) {
  return (
    <div class="gate">
      <header class="gate-head">
        <span class="brand">
          <Mark /> {t.brand}
        </span>
        <ThemeSwitch />
      </header>
      <main class={aside ? "gate-main two" : "gate-main"}>
        <section class="card gate-card">
          <PageHead title={title} lead={lead} />
          {children}
        </section>
        {aside}
      </main>
      <footer class="gate-foot muted">{t.login.tagline}</footer>
    </div>
  );
}
