// A form that sends itself once, and shows what was wrong at the fields it was wrong with.
import { type ComponentChildren, createContext } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";
import { asProblem, type FieldError, Problem } from "../api";
import { t } from "../texts";
import { ProblemNote } from "./problem";

const FormProblem = createContext<Problem | null>(null);

/** What is wrong with the field of this name in the form around. */
export function useFieldError(name: string): string | undefined {
  return useContext(FormProblem)?.field(name);
}

/** Refuses a form before it is sent, in the same shape the server refuses it. */
export function refuse(...fields: FieldError[]): Problem {
  return new Problem(422, "", "", fields);
}

interface Props {
  /** Throws a Problem to refuse; its field errors go to the fields. */
  onSubmit: (data: FormData) => Promise<void> | void;
  submit: string;
  danger?: boolean;
  onCancel?: (() => void) | undefined;
  children?: ComponentChildren;
}

export function Form({ onSubmit, submit, danger, onCancel, children }: Props) {
  const form = useRef<HTMLFormElement>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    if (problem) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [problem]);

  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy || !form.current) return;
    const data = new FormData(form.current);
    setBusy(true);
    try {
      await onSubmit(data);
      setProblem(null);
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };

  const loose = problem?.fields.filter((error) => !form.current?.elements.namedItem(error.field)) ?? [];
  const note = problem && (loose.length > 0 || problem.fields.length === 0);
  return (
    <FormProblem.Provider value={problem}>
      <form ref={form} class="form" noValidate onSubmit={send}>
        {note && <ProblemNote problem={problem} fields={loose} />}
        {children}
        <div class="form-end">
          {onCancel && (
            <button type="button" class="button" onClick={onCancel}>
              {t.common.cancel}
            </button>
          )}
          <button type="submit" class={danger ? "button danger" : "button primary"} aria-disabled={busy}>
            {busy ? t.common.working : submit}
          </button>
        </div>
      </form>
    </FormProblem.Provider>
  );
}

/** The text of a field, without the spaces around it. */
export function textOf(data: FormData, name: string): string {
  const value = data.get(name);
  return typeof value === "string" ? value.trim() : "";
}
