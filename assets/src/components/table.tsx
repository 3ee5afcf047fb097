// A table that turns into cards where it is narrow. The roles are spelled out because browsers drop a table's meaning
// when its display changes.
import type { ComponentChildren } from "preact";

export interface Column<T> {
  name: string;
  label: string;
  cell: (row: T) => ComponentChildren;
  numeric?: boolean;
  /** Says what the row is: stands as its header, and as the card's title. */
  head?: boolean;
  /** Told elsewhere too, and left out where narrow. */
  minor?: boolean;
  /** Buttons: no label where narrow, to the right where wide. */
  actions?: boolean;
}

interface Props<T> {
  caption: string;
  columns: Column<T>[];
  rows: T[];
  id: (row: T) => string | number;
  busy?: boolean;
}

function classOf<T>(column: Column<T>): string {
  return [column.numeric && "num", column.minor && "minor", column.head && "head", column.actions && "actions"].filter(Boolean).join(" ");
}

export function Table<T>({ caption, columns, rows, id, busy }: Props<T>) {
  return (
    <div class="table-box">
      <table role="table" aria-label={caption} aria-busy={busy ?? false}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <th key={column.name} role="columnheader" scope="col" class={classOf(column)}>
                {column.actions ? <span class="hidden">{column.label}</span> : column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={id(row)} role="row">
              {columns.map((column) =>
                column.head ? (
                  <th key={column.name} role="rowheader" scope="row" class="head">
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.name} role="cell" class={classOf(column)} data-label={column.label}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
