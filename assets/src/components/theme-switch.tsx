// Light, dark, or as the system has it.
import { t } from "../texts";
import { type Theme, theme } from "../theme";
import { Icon } from "./icon";

const THEMES: Theme[] = ["system", "light", "dark"];

export function ThemeSwitch() {
  return (
    <div class="switch" role="group" aria-label={t.nav.theme}>
      {THEMES.map((name) => (
        <button
          key={name}
          type="button"
          aria-pressed={theme.value === name}
          aria-label={t.nav.themes[name]}
          title={t.nav.themes[name]}
          onClick={() => (theme.value = name)}
        >
          <Icon name={name} />
        </button>
      ))}
    </div>
  );
}
