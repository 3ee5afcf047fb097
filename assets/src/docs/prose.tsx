// The little Markdown that descriptions use: paragraphs, lists, headings, code, bold, links. No HTML is ever made of
// strings.
import type { ComponentChildren } from "preact";

const INLINE = /(`[^`]+`|\*\*[^*]+\*\*|\[[^\]]+\]\([^)\s]+\))/;

function inline(text: string): ComponentChildren[] {
  return text.split(INLINE).map((part, index) => {
    if (part.startsWith("`") && part.endsWith("`") && part.length > 2) return <code key={index}>{part.slice(1, -1)}</code>;
    if (part.startsWith("**") && part.length > 4) return <strong key={index}>{part.slice(2, -2)}</strong>;
    const link = /^\[([^\]]+)\]\(([^)\s]+)\)$/.exec(part);
    // Only addresses that lead somewhere: no script may hide in a link.
    if (link?.[1] && link[2] && /^(https?:|#|\/)/.test(link[2])) {
      return (
        <a key={index} href={link[2]}>
          {link[1]}
        </a>
      );
    }
    return part;
  });
}

function block(text: string, index: number): ComponentChildren {
  const lines = text.split("\n");
  if (text.startsWith("```")) return <pre key={index} tabIndex={0}>{lines.slice(1).join("\n").replace(/\n?```$/, "")}</pre>;
  if (lines.every((line) => /^\s*([-*]|\d+\.) /.test(line) || /^\s{2,}/.test(line))) {
    const items = text.split(/\n(?=\s*(?:[-*]|\d+\.) )/).map((item) => item.replace(/^\s*([-*]|\d+\.) /, ""));
    return (
      <ul key={index} class="bullets">
        {items.map((item) => (
          <li key={item}>{inline(item)}</li>
        ))}
      </ul>
    );
  }
  if (/^#{1,6} /.test(text)) {
    return (
      <p key={index}>
        <strong>{inline(text.replace(/^#+ /, ""))}</strong>
      </p>
    );
  }
  return <p key={index}>{inline(text)}</p>;
}

/** Blocks are parted by empty lines, but not within a fence. */
function blocks(text: string): string[] {
  return text.split(/(```[\s\S]*?```)/).flatMap((part) => (part.startsWith("```") ? [part] : part.split(/\n\s*\n/)));
}

/** One line with its code and links. */
export function Line({ text }: { text: string }) {
  return <>{inline(text)}</>;
}

export function Prose({ text }: { text: string | undefined }) {
  if (!text) return null;
  return (
    <div class="prose">
      {blocks(text)
        .map((part) => part.trim())
        .filter(Boolean)
        .map(block)}
    </div>
  );
}
