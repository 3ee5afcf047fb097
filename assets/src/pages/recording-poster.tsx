// The picture that stands for a recording. Only a few are asked for at a time: one that is not there yet takes the server a
// second or two, and browsers have few connections.
import { useEffect, useState } from "preact/hooks";
import { apiUrl } from "../api";
import { Icon } from "../components/icon";
import type { Recording } from "../types";

const AT_ONCE = 2;
const waiting: (() => void)[] = [];
let loading = 0;
/** Those that there is none of; not asked for again. */
const failed = new Set<string>();

function next(): void {
  const start = loading < AT_ONCE ? waiting.shift() : undefined;
  if (!start) return;
  loading += 1;
  start();
  next();
}

/** Loads a picture in its turn; nothing until it is there. */
function usePicture(url: string | null): string | undefined {
  const [shown, setShown] = useState<string>();
  useEffect(() => {
    setShown(undefined);
    if (!url || failed.has(url)) return;
    const image = new Image();
    let begun = false;
    const end = () => {
      image.onload = image.onerror = null;
      loading -= 1;
      begun = false;
      next();
    };
    const start = () => {
      begun = true;
      image.onload = () => {
        setShown(url);
        end();
      };
      image.onerror = () => {
        failed.add(url);
        end();
      };
      image.src = url;
    };
    waiting.push(start);
    next();
    return () => {
      const at = waiting.indexOf(start);
      if (at >= 0) waiting.splice(at, 1);
      if (begun) end();
    };
  }, [url]);
  return shown;
}

export const posterUrl = ({ poster_url }: Recording) => (poster_url ? apiUrl(poster_url.slice(1)) : null);

export function Thumb({ recording }: { recording: Recording }) {
  const picture = usePicture(posterUrl(recording));
  return <span class="thumb">{picture ? <img src={picture} alt="" width={96} height={54} /> : <Icon name="record" />}</span>;
}
