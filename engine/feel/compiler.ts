// What the parts of the compiler share: names in scope while compiling (DMN 1.5, 10.3.2.11), and the door back to the dispatcher.

import type { Code, Frame } from './run.ts';
import type { Expression } from './syntax.ts';
import type { FeelType } from './types.ts';
import type { FeelFunction } from './values.ts';
import { sizeOf } from './walk.ts';

/** Local names, innermost first; one link here is one link of the Frame at run time. */
export interface Names {
  readonly name: string;
  /** The element a filter tests: where it is a context its entries are names too. */
  readonly isItem: boolean;
  readonly up: Names | null;
}

export interface Compiler {
  code(node: Expression, names: Names | null): Code;
  /** The variable's name as it was declared, noted as one the expression reads. `mayBeEntry`: the elements of a filter may have it. */
  variable(name: string, mayBeEntry: boolean): string;
  /** A function that is called by this name is neither built in nor made in the expression. */
  foreignCall(name: string): void;
  isDeclared(name: string): boolean;
  builtin(name: string): FeelFunction | undefined;
  namedType(name: string): FeelType | undefined;
}

export function within(names: Names | null, name: string): Names {
  return { name, isItem: false, up: names };
}

export function withinItem(names: Names | null): Names {
  return { name: 'item', isItem: true, up: names };
}

/** How many links up a local name lies, or -1. */
export function localDepth(names: Names | null, name: string): number {
  let depth = 0;
  for (let at = names; at !== null; at = at.up, depth++) if (at.name === name) return depth;
  return -1;
}

export function frameAt(frame: Frame | null, depth: number): Frame {
  let at = frame!;
  for (let left = depth; left > 0; left--) at = at.up!;
  return at;
}

const NODES_PER_STEP = 8;

/** Steps one repetition costs besides the one for itself: repeating a page costs more than repeating a word. */
export function weightOf(body: Expression): number {
  return Math.floor(sizeOf(body) / NODES_PER_STEP);
}
