// The abstract syntax of FEEL (DMN 1.5, 10.3.1.2): what the grammar's tree is reduced to before it is compiled.

import type { FeelValue } from './values.ts';

interface At {
  /** Offsets into the source, `to` exclusive. */
  readonly from: number;
  readonly to: number;
}

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '**';
export type ComparisonOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';

export interface Iteration {
  readonly name: string;
  readonly source: Expression;
  /** Set where the iteration runs from `source` to `end`. */
  readonly end: Expression | undefined;
}

export interface ContextMember {
  readonly name: string;
  readonly value: Expression;
}

export interface Parameter {
  readonly name: string;
  readonly type: TypeExpression | undefined;
}

export type TypeExpression =
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'list'; readonly of: TypeExpression }
  | { readonly kind: 'range'; readonly of: TypeExpression }
  | { readonly kind: 'context'; readonly members: readonly { readonly name: string; readonly type: TypeExpression }[] }
  | { readonly kind: 'function'; readonly parameters: readonly TypeExpression[]; readonly result: TypeExpression };

export type Expression = At &
  (
    /** `isInvalid`: an @ literal of no date, time or duration; its value is null. */
    | { readonly kind: 'literal'; readonly value: FeelValue; readonly isInvalid?: boolean }
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'input' }
    | { readonly kind: 'arithmetic'; readonly operator: ArithmeticOperator; readonly left: Expression; readonly right: Expression }
    | { readonly kind: 'negation'; readonly operand: Expression }
    | { readonly kind: 'comparison'; readonly operator: ComparisonOperator; readonly left: Expression; readonly right: Expression }
    | { readonly kind: 'between'; readonly value: Expression; readonly low: Expression; readonly high: Expression }
    | { readonly kind: 'in'; readonly value: Expression; readonly tests: readonly Expression[] }
    | { readonly kind: 'and' | 'or'; readonly operands: readonly Expression[] }
    | { readonly kind: 'instanceOf'; readonly value: Expression; readonly type: TypeExpression }
    | { readonly kind: 'if'; readonly condition: Expression; readonly then: Expression; readonly else: Expression }
    | { readonly kind: 'for'; readonly iterations: readonly Iteration[]; readonly body: Expression }
    | { readonly kind: 'some' | 'every'; readonly iterations: readonly Iteration[]; readonly body: Expression }
    | { readonly kind: 'list'; readonly items: readonly Expression[] }
    | { readonly kind: 'context'; readonly members: readonly ContextMember[] }
    | { readonly kind: 'path'; readonly source: Expression; readonly name: string }
    | { readonly kind: 'filter'; readonly source: Expression; readonly filter: Expression }
    | { readonly kind: 'call'; readonly callee: Expression; readonly positional: readonly Expression[] | undefined; readonly named: readonly ContextMember[] | undefined }
    | { readonly kind: 'function'; readonly parameters: readonly Parameter[]; readonly body: Expression }
    | { readonly kind: 'range'; readonly startIncluded: boolean; readonly start: Expression; readonly end: Expression; readonly endIncluded: boolean }
    | { readonly kind: 'unary'; readonly operator: ComparisonOperator; readonly operand: Expression }
    | { readonly kind: 'unaryTests'; readonly negated: boolean; readonly tests: readonly Expression[] | undefined }
  );

/** An expression of one kind. */
export type ExpressionOf<K extends Expression['kind']> = Extract<Expression, { readonly kind: K }>;

const SPACED = /[./\-'+*]/;

/** One spelling for names that differ only in the white space around their parts (DMN 1.5, 10.3.1.4). */
export function normalizeName(name: string): string {
  const collapsed = name.replace(/\s+/g, ' ').trim();
  return SPACED.test(collapsed) ? collapsed.replace(/ *(\*\*|[./\-'+*]) */g, ' $1 ').trim() : collapsed;
}

/** The entry names of a context value or type, for names that are more than words: `{ "tax-rate": {} }`. */
export interface NameShape {
  readonly [name: string]: NameShape;
}
