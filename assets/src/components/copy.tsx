// Copying, with feedback that is seen and heard.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { t } from "../texts";
import { toast } from "../toast";
import { Icon } from "./icon";

const SHOWN_MS = 2_000;

/** Works on plain http too, where browsers withhold the clipboard interface. */
async function toClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    // Inside an open dialog nothing outside of it can take the focus.
    (document.querySelector("dialog[open]:last-of-type") ?? document.body).append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

interface Props {
  /** The text, or how it is made when it is asked for. */
  value: string | (() => string);
  /** What is copied, for those who do not see the field beside the button. */
  what: string;
  /** What stands on the button. */
  label?: string;
  iconOnly?: boolean;
}

export function CopyButton({ value, what, label, iconOnly }: Props) {
  const [copied, setCopied] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async () => {
    if (!(await toClipboard(typeof value === "string" ? value : value()))) {
      toast(t.common.copyFailed, "bad");
      return;
    }
    setCopied(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setCopied(false), SHOWN_MS);
  };
  return (
    <button type="button" class={iconOnly ? "icon-button" : "button small"} onClick={copy} aria-label={label ?? `${t.common.copy}: ${what}`}>
      <Icon name={copied ? "check" : "copy"} />
      {!iconOnly && <span>{copied ? t.common.copied : (label ?? t.common.copy)}</span>}
      <span class="hidden" role="status">
        {copied ? t.common.copied : ""}
      </span>
    </button>
  );
}

/** A value in a field of its own, whole and selectable, with a button to copy it. */
export function CopyLine({ value, label, hint, link }: { value: string; label: string; hint?: string; link?: boolean }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint && (
        <p id={`${id}-hint`} class="hint">
          {hint}
        </p>
      )}
      <div class="copy-line">
        <input
          id={id}
          class="mono"
          readOnly
          value={value}
          onFocus={(event) => event.currentTarget.select()}
          {...(hint ? { "aria-describedby": `${id}-hint` } : {})}
        />
        <CopyButton value={value} what={label} />
        {link && (
          <a class="button small" href={value} target="_blank" rel="noopener noreferrer" aria-label={`${t.common.open}: ${label}`}>
            <Icon name="external" />
          </a>
        )}
      </div>
    </div>
  );
}

export function CodeBlock({ code, what }: { code: string; what: string }) {
  return (
    <div class="code">
      <pre tabIndex={0} aria-label={what} role="region">
        <code>{code}</code>
      </pre>
      <CopyButton value={code} what={what} iconOnly />
    </div>
  );
}
