// Going to a place on the lanes by pointer: a mouse goes where it is pressed and takes the place along; a finger goes where
// it is lifted, so that one can scroll past.
import { useRef, useState } from "preact/hooks";

/** So far, in pixels, a finger may slide sideways and still mean the place it touched. */
const SLIDE = 8;

/** Where in the tracks the pointer is, 0 to 1; null beside them. */
function placeOf(event: PointerEvent): number | null {
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest(".lane-name, .lane-total")) return null;
  const box = (event.currentTarget as HTMLElement).querySelector(".grid-lines")?.getBoundingClientRect();
  if (!box || box.width === 0) return null;
  const place = (event.clientX - box.left) / box.width;
  return place < 0 || place > 1 ? null : place;
}

export function usePointer(length: number, go: (to: number) => void) {
  const [over, setOver] = useState<number | null>(null);
  const held = useRef<{ x: number; slides: boolean } | null>(null);
  const goTo = (place: number | null) => place !== null && go(place * length);
  return {
    over,
    onPointerDown: (event: PointerEvent) => {
      const place = placeOf(event);
      if (event.button !== 0 || place === null) return;
      const isMouse = event.pointerType === "mouse";
      held.current = { x: event.clientX, slides: isMouse };
      if (isMouse) goTo(place);
    },
    onPointerMove: (event: PointerEvent) => {
      const place = placeOf(event);
      setOver(place === null ? null : place * length);
      if (!held.current || (event.pointerType === "mouse" && event.buttons === 0)) return;
      held.current.slides ||= Math.abs(event.clientX - held.current.x) > SLIDE;
      if (held.current.slides) goTo(place);
    },
    onPointerUp: (event: PointerEvent) => {
      if (held.current && event.pointerType !== "mouse") goTo(placeOf(event));
      held.current = null;
    },
    onPointerCancel: () => {
      held.current = null;
    },
    onPointerLeave: () => {
      held.current = null;
      setOver(null);
    },
  };
}
