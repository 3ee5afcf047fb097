// A file is uploaded, with its progress; one that was broken off goes on.
import { useEffect, useRef, useState } from "preact/hooks";
import { asProblem } from "../api";
import { Dialog } from "../components/dialog";
import { FileField, TextField } from "../components/field";
import { Form, refuse, textOf } from "../components/form";
import { Icon } from "../components/icon";
import { bytes } from "../format";
import { segment } from "../router";
import { t } from "../texts";
import { toast } from "../toast";
import { isBegun, upload } from "../upload";

export function Upload({ onDone }: { onDone: () => void }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" class="button" onClick={() => setOpen(true)}>
        <Icon name="upload" /> {t.uploads.open}
      </button>
      {open && <UploadDialog onDone={onDone} onClose={() => setOpen(false)} />}
    </>
  );
}

interface Sending {
  file: File;
  done: number;
  waiting: boolean;
  resumed: boolean;
  recording?: string;
}

function UploadDialog({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const [sending, setSending] = useState<Sending | null>(null);
  const stop = useRef(new AbortController());
  useEffect(() => () => stop.current.abort(), []);
  const change = (part: Partial<Sending>) => setSending((now) => now && { ...now, ...part });
  const send = async (data: FormData) => {
    const file = data.get("file");
    if (!(file instanceof File) || file.name === "") throw refuse({ field: "file", detail: t.uploads.needFile });
    stop.current = new AbortController();
    const { signal } = stop.current;
    setSending({ file, done: 0, waiting: false, resumed: isBegun(file) });
    try {
      const hooks = { signal, onProgress: (done: number) => change({ done }), onWaiting: (waiting: boolean) => change({ waiting }) };
      change({ recording: await upload(file, textOf(data, "title"), hooks) });
      onDone();
    } catch (error) {
      setSending(null);
      if (signal.aborted) toast(t.uploads.stopped);
      else throw asProblem(error);
    }
  };
  return (
    <Dialog title={t.uploads.title} onClose={onClose}>
      {/* The form stays while the file is sent: what is wrong with it is told there. */}
      <div hidden={sending !== null}>
        <Form submit={t.uploads.submit} onCancel={onClose} onSubmit={send}>
          <FileField name="file" label={t.uploads.file} hint={t.uploads.fileHint} accept="video/*,audio/*,.mkv,.flv,.ts" />
          <TextField name="title" label={t.uploads.name} hint={t.uploads.nameHint} optional input={{ autocomplete: "off", maxLength: 200 }} />
        </Form>
      </div>
      {sending && <Progress sending={sending} onStop={() => stop.current.abort()} onClose={onClose} />}
    </Dialog>
  );
}

function Progress({ sending, onStop, onClose }: { sending: Sending; onStop: () => void; onClose: () => void }) {
  const { file, done, waiting, resumed, recording } = sending;
  const said = waiting ? t.uploads.waiting : resumed ? t.uploads.resumed : t.uploads.keepOpen;
  return (
    <div class="upload">
      <strong>{file.name}</strong>
      <progress max={file.size} value={done} aria-label={t.uploads.label(file.name)} />
      <span class="muted">{t.uploads.progress(bytes(done), bytes(file.size))}</span>
      <p role="status">{recording ? t.uploads.done : said}</p>
      <div class="form-end">
        {recording ? (
          <a class="button primary" href={`#/recordings/${segment(recording)}`} onClick={onClose}>
            {t.uploads.goTo}
          </a>
        ) : (
          <button type="button" class="button" onClick={onStop}>
            {t.uploads.stop}
          </button>
        )}
      </div>
    </div>
  );
}
