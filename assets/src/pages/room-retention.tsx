// How long a room's recordings are kept: the fields of its form, and what it comes to in words.
import { useState } from "preact/hooks";
import { SelectField, TextField } from "../components/field";
import { refuse, textOf } from "../components/form";
import { t } from "../texts";
import type { Room } from "../types";

type Retention = NonNullable<Room["retention"]>;

const BOUNDS = { days: [1, 36_500], keep_last: [1, 100_000], trash_days: [0, 3_650] } as const;
type Field = keyof typeof BOUNDS;

/** Nothing is no limit. */
function checked(data: FormData, field: Field): number | null {
  const text = textOf(data, `retention.${field}`);
  const [least, most] = BOUNDS[field];
  const value = Number(text);
  if (!text) return null;
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw refuse({ field: `retention.${field}`, detail: t.retention.bad(least, most) });
}

/** What the fields say; null is as the server has it. */
export function retentionOf(data: FormData): Retention | null {
  if (textOf(data, "retention") !== "room") return null;
  return { days: checked(data, "days"), keep_last: checked(data, "keep_last"), trash_days: checked(data, "trash_days") };
}

export function RetentionFields({ room }: { room: Room | undefined }) {
  const rule = room?.retention;
  const [whose, setWhose] = useState(rule ? "room" : "server");
  const changed = (event: Event) => {
    const select = event.target as HTMLSelectElement;
    if (select.name === "retention") setWhose(select.value);
  };
  const field = (name: Field, label: string, hint: string) => (
    <TextField
      name={`retention.${name}`}
      label={label}
      hint={hint}
      optional
      input={{ defaultValue: rule?.[name]?.toString() ?? "", inputmode: "numeric", autocomplete: "off" }}
    />
  );
  const choices = Object.entries(t.retention.whose).map(([value, label]) => ({ value, label }));
  return (
    <div class="form-group" onChange={changed}>
      <SelectField name="retention" label={t.retention.title} choices={choices} value={whose} />
      {whose === "room" && (
        <>
          {field("days", t.retention.days, t.retention.daysHint)}
          {field("keep_last", t.retention.keepLast, t.retention.keepLastHint)}
          {field("trash_days", t.retention.trashDays, t.retention.trashDaysHint)}
        </>
      )}
    </div>
  );
}

/** A room's rule in a few words. */
export function retentionText({ retention }: Room): string {
  if (!retention) return t.retention.whose.server;
  const { days, keep_last: last } = retention;
  if (days !== null && last !== null) return t.retention.both(days, last);
  if (days !== null) return t.retention.forDays(days);
  return last === null ? t.retention.ever : t.retention.last(last);
}
