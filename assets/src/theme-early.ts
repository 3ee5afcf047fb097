// Runs before the first paint, so that a stored theme does not flash. Kept apart from the application because the
// content security policy forbids inline scripts, and a module would run too late.
import { recall } from "./stored";

const theme = recall("theme");
if (theme === "light" || theme === "dark") document.documentElement.dataset["theme"] = theme;
