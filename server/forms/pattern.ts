/** Regular expressions of forms, run by an engine whose time is linear in the text: a form can never hang the server. */
import { RE2JS } from 're2js';
import type { Pattern } from './model.ts';

/** Undefined when the expression is not one, or needs look-around or back-references. */
export function compilePattern(source: string): Pattern | undefined {
  try {
    const compiled = RE2JS.compile(source);
    return (text) => compiled.matcher(text).find();
  } catch {
    return undefined;
  }
}
