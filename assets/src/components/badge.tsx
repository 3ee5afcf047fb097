// A state in a word. Never by colour alone.
import type { ComponentChildren } from "preact";

export type Tone = "live" | "good" | "quiet" | "warn" | "bad" | "accent";

export function Badge({ tone, title, children }: { tone: Tone; title?: string; children: ComponentChildren }) {
  return (
    <span class={`badge ${tone}`} {...(title ? { title } : {})}>
      {tone === "live" && <span class="pulse" aria-hidden="true" />}
      {children}
    </span>
  );
}
