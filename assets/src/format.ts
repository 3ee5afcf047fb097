// Times, numbers and durations for people: in the browser's zone and manner, durations in words.
import { t } from "./texts";

const dateTimeFormat = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const timeFormat = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const clockFormat = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const dayFormat = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short" });
const numberFormat = new Intl.NumberFormat();
const relativeFormat = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

export const dateTime = (iso: string) => dateTimeFormat.format(new Date(iso));
export const timeOfDay = (iso: string | number) => timeFormat.format(new Date(iso));
export const clock = (iso: string | number) => clockFormat.format(new Date(iso));
export const day = (iso: string | number | Date) => dayFormat.format(new Date(iso));
export const number = (value: number) => numberFormat.format(value);

/** 42 s, 12 min, 1 h 05 min, 26 h 00 min. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return t.units.seconds(whole);
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return t.units.minutes(minutes);
  return t.units.hours(Math.floor(minutes / 60), String(minutes % 60).padStart(2, "0"));
}

/** 1:05, 12:34, 1:02:03: as players show it. */
export function playTime(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (n: number) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** 512 bytes, 1.5 MB, 2.3 GB: in units of a thousand, as disks are sold. */
export function bytes(size: number): string {
  const units = t.units.bytes;
  const step = size < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(size) / 3));
  const value = size / 1000 ** step;
  return `${value.toLocaleString(undefined, { maximumFractionDigits: value < 10 && step > 0 ? 1 : 0 })} ${units[step]}`;
}

export function secondsBetween(from: string, to: string | number): number {
  return (new Date(to).getTime() - new Date(from).getTime()) / 1000;
}

/** "3 minutes ago", "in 2 days"; nearer than a minute is "now". */
export function relative(iso: string, now: number): string {
  const seconds = (new Date(iso).getTime() - now) / 1000;
  const size = Math.abs(seconds);
  if (size < 60) return t.units.now;
  if (size < 3600) return relativeFormat.format(Math.trunc(seconds / 60), "minute");
  if (size < 86_400) return relativeFormat.format(Math.trunc(seconds / 3600), "hour");
  if (size < 30 * 86_400) return relativeFormat.format(Math.trunc(seconds / 86_400), "day");
  return dateTime(iso);
}

export const utc = (iso: string) => `${new Date(iso).toISOString().slice(0, 19).replace("T", " ")} UTC`;

/** Midnight of the day that lies `offset` days from the day of `at`, in the browser's zone. */
export function startOfDay(at: number, offset = 0): Date {
  const date = new Date(at);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + offset);
}

/** The value of an `<input type=date>` for a moment. */
export function dateInput(date: Date): string {
  const two = (n: number) => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The start of the day an `<input type=date>` names, `offset` days on, as the API wants it; undefined if none. */
export function dayToIso(value: string, offset = 0): string | undefined {
  const [year, month, date] = value.split("-").map(Number);
  if (!year || !month || !date) return undefined;
  return new Date(year, month - 1, date + offset).toISOString();
}
