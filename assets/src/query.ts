// Data on the screen: loaded, remembered for the way back, and loaded again when an event says it changed.
import { useEffect, useRef, useState } from "preact/hooks";
import { asProblem, type Problem } from "./api";
import { listen } from "./live";
import type { LogEvent } from "./types";

// A burst of joins becomes one reload, and a busy server is asked at most this often.
const SETTLE_MS = 250;
const RELOAD_EVERY_MS = 1_000;
const REMEMBERED_MAX = 60;

const remembered = new Map<string, unknown>();

function rememberData(key: string, data: unknown): void {
  remembered.delete(key);
  remembered.set(key, data);
  const oldest = remembered.keys().next();
  if (remembered.size > REMEMBERED_MAX && !oldest.done) remembered.delete(oldest.value);
}

/** Forgets everything, so that the next person to log in sees nothing of the last. */
export function forgetAll(): void {
  remembered.clear();
}

export interface Loaded<T> {
  data: T | undefined;
  problem: Problem | undefined;
  /** A first load, or a load for another key, is under way. */
  busy: boolean;
  reload: () => void;
}

/** Loads again now and then, for what no event tells of; not while nobody looks, and never where `ms` is 0. */
export function useReloadEvery(ms: number, ...loads: Pick<Loaded<unknown>, "reload">[]): void {
  const latest = useRef(loads);
  latest.current = loads;
  useEffect(() => {
    if (ms === 0) return;
    const timer = setInterval(() => document.hidden || latest.current.forEach(({ reload }) => reload()), ms);
    return () => clearInterval(timer);
  }, [ms]);
}

export type Concerns = (event: LogEvent) => boolean;

/** `key` names the data: another key is other data. `concerns` says which events make it stale. */
export function useQuery<T>(key: string, load: (signal: AbortSignal) => Promise<T>, concerns?: Concerns): Loaded<T> {
  const [state, setState] = useState<{ key: string; data?: T; problem?: Problem }>({ key: "" });
  const [turn, setTurn] = useState(0);
  const latest = useRef({ load, concerns });
  latest.current = { load, concerns };

  useEffect(() => {
    const stop = new AbortController();
    latest.current.load(stop.signal).then(
      (data) => {
        rememberData(key, data);
        if (!stop.signal.aborted) setState({ key, data });
      },
      (error: unknown) => {
        if (!stop.signal.aborted) setState((old) => ({ ...old, key, problem: asProblem(error) }));
      },
    );
    return () => stop.abort();
  }, [key, turn]);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last = 0;
    const stop = listen((event) => {
      if (event !== "resync" && !latest.current.concerns?.(event)) return;
      if (timer) return;
      const wait = Math.max(SETTLE_MS, last + RELOAD_EVERY_MS - Date.now());
      timer = setTimeout(() => {
        timer = undefined;
        last = Date.now();
        setTurn((n) => n + 1);
      }, wait);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, []);

  const data = state.key === key && state.data !== undefined ? state.data : (remembered.get(key) as T | undefined);
  return {
    // While another page of the same list loads, the old one stays, so that nothing jumps.
    data: data ?? state.data,
    problem: state.key === key ? state.problem : undefined,
    busy: state.key !== key,
    reload: () => setTurn((n) => n + 1),
  };
}
