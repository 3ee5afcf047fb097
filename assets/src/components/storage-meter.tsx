// How full the disks are and for how long they will last, and what the rules remove next.
import { api } from "../api";
import { bytes, number } from "../format";
import { useQuery, useReloadEvery } from "../query";
import { t } from "../texts";
import type { Disk, LogEvent, Storage } from "../types";
import { Badge, type Tone } from "./badge";
import { Icon } from "./icon";

const TONES: Record<Disk["level"], Tone> = { fine: "good", low: "warn", critical: "bad" };
/** What is written tells of no event. */
const RELOAD_MS = 60_000;

const aboutDisks = (event: LogEvent) => event.type.startsWith("disk.");
const aboutStorage = (event: LogEvent) => aboutDisks(event) || event.type.startsWith("recording.");

const load = (signal: AbortSignal) => api.get<Storage>("v1/storage", {}, signal);

/** Says so on every page while a disk has less free than it should. */
export function DiskAlarm() {
  const storage = useQuery("storage/alarm", load, aboutDisks);
  const full = storage.data?.disks.filter((disk) => disk.level === "critical") ?? [];
  return (
    <>
      {full.map((disk) => (
        <div class="note bad" role="alert" key={disk.directories.join()}>
          <Icon name="warning" />
          <p>{disk.explanation}</p>
        </div>
      ))}
    </>
  );
}

export function StorageMeter() {
  const storage = useQuery("storage", load, aboutStorage);
  useReloadEvery(RELOAD_MS, storage);
  if (!storage.data) return null;
  const { disks, recordings, retention } = storage.data;
  const next = [
    retention.to_trash.count > 0 && t.storage.toTrash(number(retention.to_trash.count), bytes(retention.to_trash.bytes)),
    retention.to_purge.count > 0 && t.storage.toPurge(number(retention.to_purge.count), bytes(retention.to_purge.bytes)),
  ].filter(Boolean);
  return (
    <section class="storage" aria-label={t.storage.title}>
      {disks
        .filter((disk) => disk.has_recordings)
        .map((disk) => (
          <DiskMeter key={disk.directories.join()} disk={disk} />
        ))}
      <p class="muted">
        {t.storage.all(number(recordings.count), bytes(recordings.bytes))} {next.join(" ")}
      </p>
    </section>
  );
}

function DiskMeter({ disk }: { disk: Disk }) {
  const used = disk.total_bytes - disk.free_bytes;
  const names = disk.directories.join(", ");
  return (
    <div class="card disk">
      <p class="disk-name">
        <code class="wrap">{names}</code> {disk.level !== "fine" && <Badge tone={TONES[disk.level]}>{t.storage.levels[disk.level]}</Badge>}
      </p>
      <progress class={disk.level} max={disk.total_bytes} value={used} aria-label={t.storage.used(names)} />
      <p class="sub">
        {t.storage.free(bytes(disk.free_bytes), bytes(disk.total_bytes))}
        {disk.days_left !== null && ` ${t.storage.lasts(Math.floor(disk.days_left))}`}
      </p>
    </div>
  );
}
