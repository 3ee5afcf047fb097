// Where the short messages stand. The region is always there, so that screen readers watch it.
import { t } from "../texts";
import { dismiss, toasts } from "../toast";
import { Icon } from "./icon";

export function Toasts() {
  return (
    <div class="toasts" role="status">
      {toasts.value.map((toast) => (
        <div key={toast.id} class={`toast ${toast.tone}`}>
          <Icon name={toast.tone === "good" ? "check" : "warning"} />
          <span>{toast.text}</span>
          <button type="button" class="icon-button" aria-label={t.common.close} onClick={() => dismiss(toast.id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
