/** Keys that mean the same in every editor of the designer; single letters belong to what is edited. */
import { useEffect, useRef } from 'preact/hooks';

export interface KeyActs {
  readonly next: () => void;
  readonly save: () => unknown;
  readonly undo: () => void;
  readonly redo: () => void;
}

/** F8: the next problem. Ctrl+S saves, Ctrl+Z and Ctrl+Y undo and redo, but not while somebody types, and not over the drawing, which has its own. */
export function useKeys(acts: KeyActs): void {
  const latest = useRef(acts);
  latest.current = acts;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const { next, save, undo, redo } = latest.current;
      const target = event.target as HTMLElement;
      const typing = target.matches('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]');
      const control = (event.ctrlKey || event.metaKey) && !event.altKey;
      const key = event.key.toLowerCase();
      if (event.key === 'F8') next();
      else if (control && key === 's') {
        // What is being typed is written when its input is left.
        if (typing) target.blur();
        void save();
        if (typing) target.focus();
      } else if (control && !typing && target.closest('.designer-canvas') === null && (key === 'z' || key === 'y')) {
        if (key === 'y' || event.shiftKey) redo();
        else undo();
      } else return;
      event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => { removeEventListener('keydown', onKey); };
  }, []);
}
