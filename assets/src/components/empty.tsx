// An empty list that says what would be here and what to do about it.
import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./icon";

interface Props {
  icon: IconName;
  title: string;
  text?: string;
  /** The page has no other heading than this one. */
  alone?: boolean;
  children?: ComponentChildren;
}

export function Empty({ icon, title, text, alone, children }: Props) {
  return (
    <div class="empty">
      <Icon name={icon} />
      {alone ? <h1>{title}</h1> : <p class="empty-title">{title}</p>}
      {text && <p class="muted">{text}</p>}
      {children && <div class="empty-actions">{children}</div>}
    </div>
  );
}
