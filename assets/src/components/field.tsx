// The form fields. Each carries its label, its hint, and its error where the eye and the screen reader look for it.
import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { t } from "../texts";
import { useFieldError } from "./form";
import { Icon } from "./icon";

interface Frame {
  name: string;
  label: string;
  hint?: string | undefined;
  optional?: boolean;
}

function useFrame({ name, hint }: Frame) {
  const id = useId();
  const error = useFieldError(name);
  const described = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
  return { id, error, aria: { "aria-invalid": Boolean(error), ...(described ? { "aria-describedby": described } : {}) } };
}

function Notes({ id, hint, error }: { id: string; hint?: string | undefined; error?: string | undefined }) {
  return (
    <>
      {hint && (
        <p id={`${id}-hint`} class="hint">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} class="field-error">
          <Icon name="warning" /> {error}
        </p>
      )}
    </>
  );
}

function Label({ id, frame }: { id: string; frame: Frame }) {
  return (
    <label for={id}>
      {frame.label} {frame.optional && <span class="muted">({t.common.optional})</span>}
    </label>
  );
}

interface Input {
  type?: "text" | "email";
  autocomplete?: string;
  autocapitalize?: "none";
  inputmode?: "numeric";
  spellcheck?: boolean;
  maxLength?: number;
  defaultValue?: string;
  autofocus?: boolean;
}

/** Preact's types want the type of an input fixed; all of ours take the same attributes. */
const typed = (type: "text" | "email" | "password" = "text") => type as "text";

export function TextField({ input, ...frame }: Frame & { input?: Input }) {
  const { id, error, aria } = useFrame(frame);
  return (
    <div class="field">
      <Label id={id} frame={frame} />
      <input {...input} type={typed(input?.type)} id={id} name={frame.name} required={!frame.optional} {...aria} />
      <Notes id={id} hint={frame.hint} error={error} />
    </div>
  );
}

export function PasswordField({ input, ...frame }: Frame & { input?: Omit<Input, "type"> }) {
  const { id, error, aria } = useFrame(frame);
  const [shown, setShown] = useState(false);
  return (
    <div class="field">
      <Label id={id} frame={frame} />
      <input {...input} id={id} name={frame.name} type={typed(shown ? "text" : "password")} required {...aria} />
      <label class="check small">
        <input type="checkbox" checked={shown} onChange={() => setShown(!shown)} /> <span>{t.setup.show}</span>
      </label>
      <Notes id={id} hint={frame.hint} error={error} />
    </div>
  );
}

export function FileField({ accept, ...frame }: Frame & { accept: string }) {
  const { id, error, aria } = useFrame(frame);
  return (
    <div class="field">
      <Label id={id} frame={frame} />
      <input id={id} name={frame.name} type="file" accept={accept} required={!frame.optional} {...aria} />
      <Notes id={id} hint={frame.hint} error={error} />
    </div>
  );
}

interface Choice {
  value: string;
  label: string;
}

export function SelectField({ choices, value, ...frame }: Frame & { choices: Choice[]; value: string }) {
  const { id, error, aria } = useFrame(frame);
  return (
    <div class="field">
      <Label id={id} frame={frame} />
      <select id={id} name={frame.name} {...aria}>
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value} selected={choice.value === value}>
            {choice.label}
          </option>
        ))}
      </select>
      <Notes id={id} hint={frame.hint} error={error} />
    </div>
  );
}

interface Check {
  name: string;
  value?: string;
  label: ComponentChildren;
  hint?: string;
  checked?: boolean;
}

export function CheckField({ name, value = "true", label, hint, checked }: Check) {
  return (
    <label class="check">
      <input type="checkbox" name={name} value={value} defaultChecked={checked ?? false} />
      <span>
        {label}
        {hint && <span class="hint">{hint}</span>}
      </span>
    </label>
  );
}

export function FieldGroup({ name, label, hint, children }: Frame & { children: ComponentChildren }) {
  const { id, error, aria } = useFrame({ name, label, hint });
  return (
    <fieldset class="field" {...(aria["aria-describedby"] ? { "aria-describedby": aria["aria-describedby"] } : {})}>
      <legend>{label}</legend>
      <Notes id={id} hint={hint} error={error} />
      {children}
    </fieldset>
  );
}
