// Short messages about what just happened, shown and announced for a while.
import { signal } from "@preact/signals";

export interface Toast {
  id: number;
  text: string;
  tone: "good" | "bad";
}

const SHOWN_MS = 6_000;
const AT_ONCE_MAX = 3;
export const toasts = signal<Toast[]>([]);
let next = 1;

export function toast(text: string, tone: Toast["tone"] = "good"): void {
  const id = next++;
  toasts.value = [...toasts.value, { id, text, tone }].slice(-AT_ONCE_MAX);
  setTimeout(() => dismiss(id), SHOWN_MS);
}

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((one) => one.id !== id);
}
