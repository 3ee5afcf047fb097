// A failure, said so that a person knows what to do next.
import type { FieldError, Problem } from "../api";
import { t } from "../texts";
import { Icon } from "./icon";

interface Props {
  problem: Problem;
  fields?: FieldError[];
  onRetry?: (() => void) | undefined;
}

export function ProblemNote({ problem, fields = problem.fields, onRetry }: Props) {
  return (
    <div class="note bad" role="alert">
      <Icon name="warning" />
      <div>
        {/* Without an answer there is no detail that says by itself what happened. */}
        {problem.status === 0 && <p class="note-title">{problem.title}</p>}
        <p>{problem.message || problem.title}</p>
        {fields.length > 0 && (
          <ul>
            {fields.map((error) => (
              <li key={error.field + error.detail}>
                <code>{error.field}</code>: {error.detail}
              </li>
            ))}
          </ul>
        )}
        {onRetry && (
          <button type="button" class="button small" onClick={onRetry}>
            {t.common.retry}
          </button>
        )}
      </div>
    </div>
  );
}
