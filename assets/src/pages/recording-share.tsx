// The links to a recording: made, copied once, listed, revoked.
import { useState } from "preact/hooks";
import { api, asProblem } from "../api";
import { Badge } from "../components/badge";
import { CopyLine } from "../components/copy";
import { Dialog } from "../components/dialog";
import { CheckField, SelectField, TextField } from "../components/field";
import { Form, textOf } from "../components/form";
import { Show } from "../components/loaded";
import { Time } from "../components/time";
import { useQuery } from "../query";
import { segment } from "../router";
import { t } from "../texts";
import { toast } from "../toast";
import type { NewShare, Recording, Share, ShareList } from "../types";

const LIFE_DEFAULT = "604800";
const LIVES = t.shares.lives.map(([value, label]) => ({ value, label }));

export function ShareDialog({ recording, onClose }: { recording: Recording; onClose: () => void }) {
  const path = `v1/recordings/${segment(recording.id)}/shares`;
  const shares = useQuery(path, (signal) => api.get<ShareList>(path, {}, signal));
  const [made, setMade] = useState<NewShare | null>(null);
  const make = async (data: FormData) => {
    const label = textOf(data, "label");
    // As it was typed: blanks may be a part of it.
    const password = String(data.get("password") ?? "");
    const body = {
      expires_in_seconds: Number(textOf(data, "expires_in_seconds")),
      may_download: data.has("may_download"),
      ...(label ? { label } : {}),
      ...(password ? { password } : {}),
    };
    setMade(await api.post<NewShare>(path, body));
    shares.reload();
  };
  const revoke = async (share: Share) => {
    try {
      await api.delete(`${path}/${segment(share.id)}`);
      if (made?.share.id === share.id) setMade(null);
      toast(t.shares.revoked);
      shares.reload();
    } catch (error) {
      toast(asProblem(error).message, "bad");
    }
  };
  return (
    <Dialog title={t.shares.title} onClose={onClose} wide>
      {made ? (
        <div class="links">
          <CopyLine label={t.shares.made} hint={t.shares.shown} value={made.url} link />
          <div class="form-end">
            <button type="button" class="button" onClick={() => setMade(null)}>
              {t.shares.another}
            </button>
          </div>
        </div>
      ) : (
        <Form submit={t.shares.make} onSubmit={make}>
          <p>{t.shares.lead}</p>
          <TextField name="label" label={t.shares.label} hint={t.shares.labelHint} optional input={{ autocomplete: "off", maxLength: 100 }} />
          <SelectField name="expires_in_seconds" label={t.shares.expires} choices={LIVES} value={LIFE_DEFAULT} />
          <TextField
            name="password"
            label={t.shares.password}
            hint={t.shares.passwordHint}
            optional
            input={{ autocomplete: "off", maxLength: 256, spellcheck: false }}
          />
          <CheckField name="may_download" label={t.shares.download} hint={t.shares.downloadHint} />
        </Form>
      )}
      <section class="share-list" aria-label={t.shares.list}>
        <Show from={shares} lines={2}>
          {({ items }) => (items.length > 0 ? <Links items={items} onRevoke={revoke} /> : <p class="muted">{t.shares.none}</p>)}
        </Show>
      </section>
    </Dialog>
  );
}

const TONES = { live: "good", expired: "quiet", revoked: "quiet" } as const;

function Links({ items, onRevoke }: { items: Share[]; onRevoke: (share: Share) => void }) {
  return (
    <ul>
      {items.map((share) => (
        <li key={share.id}>
          <div class="grow">
            <span class="inline">
              <strong>{share.label ?? t.shares.anyone}</strong>
              <Badge tone={TONES[share.state]}>{t.shares.states[share.state]}</Badge>
              {share.may_download && <Badge tone="quiet">{t.shares.downloads}</Badge>}
              {share.has_password && <Badge tone="quiet">{t.shares.locked}</Badge>}
            </span>
            <span class="muted">
              {share.state === "live" ? t.shares.until : t.shares.ended} <Time at={share.revoked_at ?? share.expires_at} />
              {" · "}
              {share.last_used_at ? (
                <>
                  {t.shares.used} <Time at={share.last_used_at} kind="ago" />
                </>
              ) : (
                t.shares.unused
              )}
            </span>
          </div>
          {share.state === "live" && (
            <button
              type="button"
              class="button small"
              aria-label={t.shares.revokeWhich(share.label ?? t.shares.anyone)}
              onClick={() => onRevoke(share)}
            >
              {t.shares.revoke}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
