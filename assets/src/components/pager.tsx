// Pages by cursor. The cursor is in the address, so that a page can be linked and the browser's Back works; the way
// to newer pages is remembered while the list is on the screen.
import { signal } from "@preact/signals";
import { href, route } from "../router";
import { t } from "../texts";
import { Icon } from "./icon";

const trail = signal<string[]>([]);

export function Pager({ next }: { next: string | null }) {
  const { path, query } = route.value;
  const cursor = query.get("cursor");
  if (!next && !cursor) return null;
  const at = (to: string | undefined) => href(path.join("/"), { ...Object.fromEntries(query), cursor: to });
  const index = cursor ? trail.value.indexOf(cursor) : -1;
  const newer = index > 0 ? trail.value[index - 1] : undefined;
  const remember = () => {
    if (next) trail.value = cursor ? [...trail.value.slice(0, index + 1 || undefined), next] : [next];
  };
  return (
    <nav class="pager" aria-label={t.common.pages}>
      {cursor && (
        <a class="button small" href={at(newer)}>
          <Icon name="back" /> {newer || index === 0 ? t.common.newer : t.common.newest}
        </a>
      )}
      {next && (
        <a class="button small" href={at(next)} onClick={remember}>
          {t.common.older} <Icon name="chevron" />
        </a>
      )}
    </nav>
  );
}
