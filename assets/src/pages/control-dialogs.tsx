// What is asked before something is done in a meeting: the text, the password, whom to send out and why.
import type { ComponentChildren } from "preact";
import { Dialog } from "../components/dialog";
import { SelectField, TextField } from "../components/field";
import { Form, refuse, textOf } from "../components/form";
import { t } from "../texts";
import type { Participant } from "../types";

const TEXT_MAX = 500;
const PASSWORD_MAX = 100;

export type Question = { kind: "notice" | "subject" | "password" | "lobby" } | { kind: "remove"; person: Participant };

interface Props {
  question: Question;
  act: (path: string, body: object, done: string) => Promise<void>;
  onClose: () => void;
}

export function ControlDialog({ question, act, onClose }: Props) {
  if (question.kind === "remove") return <Remove person={question.person} act={act} onClose={onClose} />;
  const texts = t.control.ask[question.kind];
  return (
    <Asked title={texts.title} submit={texts.submit} onClose={onClose} onSubmit={(data) => act(...request(question.kind, data))}>
      {question.kind === "lobby" ? (
        <SelectField name="enabled" label={texts.label} hint={texts.hint} choices={t.control.lobbyChoices} value="on" />
      ) : (
        <TextField
          name={FIELDS[question.kind]}
          label={texts.label}
          hint={texts.hint}
          optional={question.kind === "password"}
          input={{ autocomplete: "off", spellcheck: question.kind !== "password", maxLength: question.kind === "password" ? PASSWORD_MAX : TEXT_MAX }}
        />
      )}
    </Asked>
  );
}

const FIELDS = { notice: "text", subject: "subject", password: "password" } as const;

function request(kind: Exclude<Question["kind"], "remove">, data: FormData): [string, object, string] {
  switch (kind) {
    case "lobby": {
      const enabled = textOf(data, "enabled") === "on";
      return ["lobby", { enabled }, enabled ? t.control.lobbyOn : t.control.lobbyOff];
    }
    case "password": {
      const password = textOf(data, "password");
      return ["password", password ? { password } : {}, password ? t.control.passwordSet : t.control.passwordLifted];
    }
    default: {
      const field = FIELDS[kind];
      const text = textOf(data, field);
      if (!text) throw refuse({ field, detail: t.control.needText });
      return [kind, { [field]: text }, t.control.ask[kind].done];
    }
  }
}

function Remove({ person, act, onClose }: { person: Participant; act: Props["act"]; onClose: () => void }) {
  const name = person.name ?? t.meeting.unnamed;
  const submit = async (data: FormData) => {
    const reason = textOf(data, "reason");
    for (const participant of person.occupants) {
      await act("remove", { participant, ...(reason ? { reason } : {}) }, t.control.removed(name));
    }
  };
  return (
    <Asked title={t.control.removeTitle(name)} submit={t.control.remove} danger onClose={onClose} onSubmit={submit}>
      <p>{t.control.removeText}</p>
      <TextField name="reason" label={t.control.reason} optional input={{ autocomplete: "off", maxLength: TEXT_MAX }} />
    </Asked>
  );
}

interface AskedProps {
  title: string;
  submit: string;
  danger?: boolean;
  onSubmit: (data: FormData) => Promise<void>;
  onClose: () => void;
  children: ComponentChildren;
}

function Asked({ title, submit, danger, onSubmit, onClose, children }: AskedProps) {
  const send = async (data: FormData) => {
    await onSubmit(data);
    onClose();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <Form submit={submit} danger={danger ?? false} onCancel={onClose} onSubmit={send}>
        {children}
      </Form>
    </Dialog>
  );
}
