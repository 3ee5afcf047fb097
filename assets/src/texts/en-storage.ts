// The texts of the disks, and of how long recordings are kept.
import { plural } from "./plural";

export const storage = {
  title: "Storage",
  levels: { fine: "has room", low: "fills soon", critical: "almost full" },
  used: (names: string) => `Used of the disk with ${names}`,
  free: (free: string, total: string) => `${free} of ${total} free.`,
  lasts: (days: number) => (days < 1 ? "As it fills now, it is full within a day." : `As it fills now, it lasts for ${plural(days, "more day", "more days")}.`),
  all: (count: string, size: string) => `${count} recordings take ${size}.`,
  toTrash: (count: string, size: string) => `The rules put ${count} into the trash next (${size}).`,
  toPurge: (count: string, size: string) => `${count} in the trash are deleted for good next (${size}).`,
};

export const retention = {
  title: "Recordings are kept",
  whose: { server: "As the server has it", room: "By a rule of this room" },
  days: "Days",
  daysHint: "After that a recording goes into the trash. Empty is for ever.",
  keepLast: "Newest ones",
  keepLastHint: "How many of the newest stay. With both, a recording stays as long as one of them keeps it.",
  trashDays: "Days in the trash",
  trashDaysHint: "After that it is deleted for good. 0 is until somebody deletes it; empty is as the server has it.",
  bad: (least: number, most: number) => `Use a number from ${least} to ${most}, or nothing.`,
  ever: "For ever",
  forDays: (days: number) => plural(days, "day", "days"),
  last: (last: number) => `The newest ${last}`,
  both: (days: number, last: number) => `${plural(days, "day", "days")}, and the newest ${last}`,
};
