// What stands between a view and its data: the wait, the failure, and old data that could not be refreshed.
import type { ComponentChildren } from "preact";
import type { Loaded } from "../query";
import { t } from "../texts";
import { Empty } from "./empty";
import { ProblemNote } from "./problem";

interface Props<T> {
  from: Loaded<T>;
  /** How many grey lines stand in while loading. */
  lines?: number;
  children: (data: T) => ComponentChildren;
}

export function Show<T>({ from, lines = 5, children }: Props<T>) {
  if (from.problem?.status === 404) return <NotFound />;
  if (from.data === undefined) {
    return from.problem ? <ProblemNote problem={from.problem} onRetry={from.reload} /> : <Waiting lines={lines} />;
  }
  return (
    <>
      {from.problem && (
        <p class="note" role="status">
          {t.common.staleData}{" "}
          <button type="button" class="link-button" onClick={from.reload}>
            {t.common.retry}
          </button>
        </p>
      )}
      {children(from.data)}
    </>
  );
}

function Waiting({ lines }: { lines: number }) {
  return (
    <div class="waiting" role="status">
      <span class="hidden">{t.common.loading}</span>
      {Array.from({ length: lines }, (_, i) => (
        <span key={i} class="waiting-line" />
      ))}
    </div>
  );
}

export function NotFound() {
  return (
    <Empty icon="search" title={t.common.notFoundTitle} text={t.common.notFound} alone>
      <a class="button" href="#/">
        {t.common.toOverview}
      </a>
    </Empty>
  );
}
