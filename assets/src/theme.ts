// The colour theme: the system's unless a person chose one here.
import { effect, signal } from "@preact/signals";
import { recall, remember } from "./stored";

export type Theme = "system" | "light" | "dark";
const KEY = "theme";

function chosen(): Theme {
  const value = recall(KEY);
  return value === "light" || value === "dark" ? value : "system";
}

export const theme = signal<Theme>(chosen());

effect(() => {
  const root = document.documentElement;
  if (theme.value === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = theme.value;
  remember(KEY, theme.value === "system" ? null : theme.value);
});
