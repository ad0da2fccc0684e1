/** The outline as a tree that is worked by keyboard (ARIA Authoring Practices, tree view: one tab stop, arrows move). */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { JSX, TargetedKeyboardEvent } from 'preact';
import type { Finding } from './model/findings.ts';
import { elementOf, idOf, listOf } from './model/moddle.ts';
import { flattened } from './model/outline.ts';
import type { OutlineItem } from './model/outline.ts';

export interface OutlineProps {
  readonly items: readonly OutlineItem[];
  readonly selected: string | undefined;
  readonly findings: readonly Finding[];
  readonly onSelect: (id: string) => void;
  /** Enter or F2: to the panel, at the name. */
  readonly onRename: (id: string) => void;
}

export function Outline({ items, selected, findings, onSelect, onRename }: OutlineProps): JSX.Element {
  const tree = useRef<HTMLUListElement>(null);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [at, setAt] = useState<string | undefined>(undefined);
  const shown = visible(items, closed);
  const current = [selected, at].find((id) => shown.some((item) => item.id === id)) ?? shown[0]?.id;
  const rowOf = (id: string): HTMLElement | null => tree.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`) ?? null;
  useEffect(() => { if (selected !== undefined) rowOf(selected)?.scrollIntoView({ block: 'nearest' }); }, [selected]);
  const go = (id: string | undefined): void => {
    if (id === undefined) return;
    setAt(id);
    onSelect(id);
    rowOf(id)?.focus();
  };
  const fold = (id: string, close: boolean): void => {
    const next = new Set(closed);
    if (close) next.add(id);
    else next.delete(id);
    setClosed(next);
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLElement>): void => {
    // Where the focus is, not where the last rendering saw it: keys may come faster.
    const focused = (event.target as HTMLElement).closest<HTMLElement>('[data-id]')?.dataset['id'];
    const item = shown.find(({ id }) => id === focused);
    if (item === undefined || !moveBy(event, { item, items, shown, closed, go, fold, onRename })) return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="designer-outline">
      <p class="designer-outline__help" id="outline-help">Arrows move, Enter edits, Alt with an arrow follows the flow.</p>
      <ul role="tree" aria-label="Steps of the procedure" aria-describedby="outline-help" ref={tree} onKeyDown={onKeyDown} class="designer-tree">
        {items.map((item) => <Item key={item.id} item={item} {...{ closed, current, selected, findings, go, fold }} />)}
      </ul>
    </div>
  );
}

interface ItemProps {
  readonly item: OutlineItem;
  readonly closed: ReadonlySet<string>;
  readonly current: string | undefined;
  readonly selected: string | undefined;
  readonly findings: readonly Finding[];
  readonly go: (id: string) => void;
  readonly fold: (id: string, close: boolean) => void;
}

function Item(props: ItemProps): JSX.Element {
  const { item, closed, current, selected, findings, go } = props;
  const open = !closed.has(item.id);
  const wrong = findings.filter(({ elementId }) => elementId === item.id);
  const worst = wrong.some(({ severity }) => severity === 'error') ? 'error' : wrong.length > 0 ? 'warning' : undefined;
  const has = item.children.length > 0;
  return (
    <li role="treeitem" data-id={item.id} tabIndex={current === item.id ? 0 : -1} aria-selected={selected === item.id} {...(has && { 'aria-expanded': open })} class="designer-tree__item"
      onClick={(event) => { event.stopPropagation(); go(item.id); }}>
      <span class="designer-tree__row">
        <span class="designer-tree__number">{item.number === '' ? '' : `${item.number}.`}</span>
        <span><span class="designer-tree__label">{item.label}</span> <span class="designer-tree__detail">{item.detail}</span>
          {worst !== undefined && <span class={`designer-tree__finding designer-tree__finding--${worst}`}>{worst === 'error' ? '✕ ' : '! '}{wrong.length === 1 ? wrong[0]!.message : `${String(wrong.length)} problems`}</span>}
        </span>
      </span>
      {has && open && <ul role="group" class="designer-tree__group">{item.children.map((child) => <Item {...props} key={child.id} item={child} />)}</ul>}
    </li>
  );
}

function visible(items: readonly OutlineItem[], closed: ReadonlySet<string>): OutlineItem[] {
  return items.flatMap((item) => [item, ...(closed.has(item.id) ? [] : visible(item.children, closed))]);
}

interface Move {
  readonly item: OutlineItem;
  readonly items: readonly OutlineItem[];
  readonly shown: readonly OutlineItem[];
  readonly closed: ReadonlySet<string>;
  readonly go: (id: string | undefined) => void;
  readonly fold: (id: string, close: boolean) => void;
  readonly onRename: (id: string) => void;
}

/** True when the key meant something here. */
function moveBy(event: KeyboardEvent, { item, items, shown, closed, go, fold, onRename }: Move): boolean {
  if (event.ctrlKey || event.metaKey) return false;
  const at = shown.indexOf(item);
  const opens = item.children.length > 0;
  if (event.altKey) {
    if (event.key === 'ArrowRight') go(alongFlow(item, 'next'));
    else if (event.key === 'ArrowLeft') go(alongFlow(item, 'before'));
    else return false;
    return true;
  }
  switch (event.key) {
    case 'ArrowDown': go(shown[at + 1]?.id); return true;
    case 'ArrowUp': go(shown[at - 1]?.id); return true;
    case 'Home': go(shown[0]?.id); return true;
    case 'End': go(shown.at(-1)?.id); return true;
    case 'ArrowRight':
      if (opens && closed.has(item.id)) fold(item.id, false);
      else go(item.children[0]?.id);
      return true;
    case 'ArrowLeft':
      if (opens && !closed.has(item.id)) fold(item.id, true);
      else go(flattened(items).find(({ children }) => children.includes(item))?.id);
      return true;
    case 'Enter': case 'F2': onRename(item.id); return true;
    default: {
      if (event.key.length !== 1 || event.key === ' ') return false;
      const letter = event.key.toLowerCase();
      go([...shown.slice(at + 1), ...shown.slice(0, at)].find(({ label }) => label.toLowerCase().startsWith(letter))?.id);
      return true;
    }
  }
}

/** The step a flow leads to, or comes from; of several the first. */
function alongFlow({ element }: OutlineItem, way: 'next' | 'before'): string | undefined {
  if (element.$type === 'bpmn:SequenceFlow') return refOf(elementOf(element, way === 'next' ? 'targetRef' : 'sourceRef'));
  const [flow] = listOf(element, way === 'next' ? 'outgoing' : 'incoming');
  return flow === undefined ? undefined : refOf(elementOf(flow, way === 'next' ? 'targetRef' : 'sourceRef'));
}

function refOf(element: OutlineItem['element'] | undefined): string | undefined {
  return element === undefined ? undefined : idOf(element);
}
