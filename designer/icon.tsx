/** Small pictures beside words that say the same. */
import type { JSX } from 'preact';

const PATHS = {
  undo: 'M9 5 3 10.5 9 16v-3.5h5a4 4 0 0 1 0 8h-4V23h4a6.5 6.5 0 0 0 0-13H9V5z',
  redo: 'M15 5l6 5.5L15 16v-3.5h-5a4 4 0 0 0 0 8h4V23h-4a6.5 6.5 0 0 1 0-13h5V5z',
  error: 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm4.5 13L15 16.5l-3-3-3 3L7.5 15l3-3-3-3L9 7.5l3 3 3-3L16.5 9l-3 3 3 3z',
  warning: 'M12 2 1 21h22L12 2zm-1 7h2v6h-2V9zm0 8h2v2h-2v-2z',
  good: 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm-1.5 14.5L6 12l1.5-1.5 3 3 6-6L18 9l-7.5 7.5z',
  add: 'M11 4h2v7h7v2h-7v7h-2v-7H4v-2h7z',
  copy: 'M8 3h12v14h-3v4H4V7h4V3zm2 2v2h7v8h1V5h-8zM6 9v10h9V9H6z',
  up: 'M12 5l7 7-1.4 1.4L13 8.8V20h-2V8.8l-4.6 4.6L5 12z',
  down: 'M12 19l-7-7 1.4-1.4 4.6 4.6V4h2v11.2l4.6-4.6L19 12z',
  play: 'M7 4v16l13-8z',
  stop: 'M6 6h12v12H6z',
  remove: 'M6.4 5 12 10.6 17.6 5 19 6.4 13.4 12l5.6 5.6-1.4 1.4L12 13.4 6.4 19 5 17.6l5.6-5.6L5 6.4z',
} as const;

export function Icon({ name }: { readonly name: keyof typeof PATHS }): JSX.Element {
  return <svg class={`designer-icon designer-icon--${name}`} viewBox="0 0 24 24" width="18" height="18" aria-hidden="true" focusable="false"><path d={PATHS[name]} /></svg>;
}
