// The head of a page: its title in the tab and on the screen, and its actions. A change of page moves the focus to
// the title, so that a screen reader says where one is.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../texts";

let first = true;

interface Props {
  title: string;
  lead?: ComponentChildren;
  actions?: ComponentChildren;
  back?: ComponentChildren;
}

export function PageHead({ title, lead, actions, back }: Props) {
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${t.brand}`;
  }, [title]);
  useEffect(() => {
    if (!first) ref.current?.focus({ preventScroll: true });
    if (!first) scrollTo(0, 0);
    first = false;
  }, []);
  return (
    <header class="page-head">
      {back}
      <div class="page-title">
        <h1 ref={ref} tabIndex={-1}>
          {title}
        </h1>
        {actions && <div class="page-actions">{actions}</div>}
      </div>
      {lead && <div class="lead">{lead}</div>}
    </header>
  );
}
