// Boxed expressions (DMN 1.5, 7.3 and clause 10.2): each kind becomes a closure over one evaluation.

import type { Budget } from '../feel/budget.ts';
import { spend } from '../feel/budget.ts';
import { walkRange } from '../feel/code-loops.ts';
import { callFunction, deeper } from '../feel/function-call.ts';
import { withScope } from '../feel/run.ts';
import type { FeelScope } from '../feel/run.ts';
import { coerce } from '../feel/types.ts';
import type { FeelType } from '../feel/types.ts';
import { FeelFunction, FeelRange, isContext, read, setEntry } from '../feel/values.ts';
import type { FeelContext } from '../feel/values.ts';
import { asType, nothing } from './builder.ts';
import type { Site } from './builder.ts';
import { tableLogic } from './decision-table.ts';
import type { DecisionRun, Logic } from './model.ts';
import { LocalScope } from './scope.ts';
import { child, childrenNamed, textOf } from './xml.ts';
import type { XmlElement } from './xml.ts';

const KINDS = new Set(['literalExpression', 'decisionTable', 'context', 'invocation', 'functionDefinition', 'list', 'relation', 'conditional', 'filter', 'for', 'some', 'every']);
/** Levels of the stack a boxed expression takes besides the expressions inside, and a function of a model besides its body. */
const EXPRESSION_LEVELS = 8;
const FUNCTION_LEVELS = 10;

export const NO_LOGIC: Logic = (run) => nothing(run, 'decision logic', 'there is none');

/** The expression inside an element that holds one, or undefined. */
export function expressionIn(element: XmlElement): XmlElement | undefined {
  return element.children.find((inner) => KINDS.has(inner.name));
}

export function logicIn(element: XmlElement | undefined, site: Site): Logic {
  const expression = element === undefined ? undefined : expressionIn(element);
  return expression === undefined ? NO_LOGIC : expressionLogic(expression, site);
}

/** Compiles an expression; its result is converted to its typeRef. */
function expressionLogic(element: XmlElement, site: Site): Logic {
  const logic = untypedLogic(element, site);
  const type = site.builder.type(element.attributes.typeRef, site.elementId);
  return (run) => asType(deeper(run, EXPRESSION_LEVELS, () => logic(run)), type, 'the result', run);
}

function untypedLogic(element: XmlElement, site: Site): Logic {
  switch (element.name) {
    case 'literalExpression':
      return literalLogic(element, site);
    case 'decisionTable':
      return tableLogic(element, site);
    case 'context':
      return contextLogic(element, site);
    case 'invocation':
      return invocationLogic(element, site);
    case 'functionDefinition': {
      const make = functionMaker(element, site);
      return (run) => make(run.scope);
    }
    case 'list':
      return listLogic(element.children.filter((inner) => KINDS.has(inner.name)), site);
    case 'relation':
      return relationLogic(element, site);
    case 'conditional':
      return conditionalLogic(element, site);
    case 'filter':
      return filterLogic(element, site);
    default:
      return iteratorLogic(element, site);
  }
}

function literalLogic(element: XmlElement, site: Site): Logic {
  if (!site.builder.isFeel(element, site.elementId)) return NO_LOGIC;
  const source = textOf(element, 'text') ?? '';
  if (source.trim() === '') return NO_LOGIC;
  const feel = site.builder.feel(source, site.environment, site.elementId);
  return feel === undefined ? NO_LOGIC : (run) => feel.run(run);
}

/** Entries see those before them; a last entry without a name is the result. */
function contextLogic(element: XmlElement, site: Site): Logic {
  let { environment } = site;
  const entries: { name: string | undefined; logic: Logic; type: FeelType | undefined }[] = [];
  for (const entry of childrenNamed(element, 'contextEntry')) {
    const variable = child(entry, 'variable');
    const logic = logicIn(entry, { ...site, environment });
    const type = site.builder.type(variable?.attributes.typeRef, site.elementId);
    const name = variable?.attributes.name;
    if (name !== undefined) environment = environment.with([[name, type]]);
    entries.push({ name, logic, type });
  }
  const twice = entries.find(({ name }, at) => name !== undefined && entries.findIndex((other) => other.name === name) < at);
  if (twice !== undefined) site.builder.report('DMN_EXPRESSION_INCOMPLETE', site.elementId, { what: 'the context', reason: `two of its entries are called ${twice.name!}` });
  return (run) => {
    const scope = new LocalScope(new Map(), run.scope);
    const context: FeelContext = {};
    return withScope(run, scope, () => {
      for (const { name, logic, type } of entries) {
        const value = asType(logic(run), type, `entry '${name ?? ''}'`, run);
        if (name === undefined) return value;
        scope.set(name, value);
        setEntry(context, name, value);
      }
      return context;
    });
  };
}

function invocationLogic(element: XmlElement, site: Site): Logic {
  const callee = logicIn(element, site);
  const bindings = childrenNamed(element, 'binding').map((binding) => {
    const parameter = child(binding, 'parameter');
    return { name: parameter?.attributes.name ?? '', logic: logicIn(binding, site), type: site.builder.type(parameter?.attributes.typeRef, site.elementId) };
  });
  const names = bindings.map((binding) => binding.name);
  return (run) => {
    const target = callee(run);
    const values = bindings.map(({ name, logic, type }) => asType(logic(run), type, `parameter '${name}'`, run));
    return callFunction(target, values, names, run, { from: 0, to: 0 });
  };
}

/** What makes the function value in a scope: a boxed function sees the names around it. */
export function functionMaker(element: XmlElement, site: Site): (home: FeelScope) => FeelFunction {
  const { builder, elementId } = site;
  const kind = element.attributes.kind ?? 'FEEL';
  if (kind !== 'FEEL') builder.report('DMN_EXPRESSION_UNSUPPORTED', elementId, { kind: `a function in ${kind}` });
  const parameters = childrenNamed(element, 'formalParameter').map((parameter) => {
    const type = builder.type(parameter.attributes.typeRef, elementId);
    return { name: parameter.attributes.name ?? '', type, accept: type === undefined ? undefined : (value: unknown, budget: Budget) => coerce(value, type, budget) };
  });
  const environment = site.environment.with(parameters.map(({ name, type }) => [name, type]));
  const body = kind === 'FEEL' ? logicIn(element, { ...site, environment }) : NO_LOGIC;
  return (home) =>
    new FeelFunction(parameters, (args, caller) => {
      const run = caller as DecisionRun;
      const scope = new LocalScope(new Map(parameters.map(({ name }, at) => [name, args[at]])), home);
      return withScope(run, scope, () => deeper(run, FUNCTION_LEVELS, () => body(run)));
    });
}

function listLogic(items: readonly XmlElement[], site: Site): Logic {
  const logics = items.map((item) => expressionLogic(item, site));
  return (run) => logics.map((logic) => logic(run));
}

/** A list of contexts, one for each row. */
function relationLogic(element: XmlElement, site: Site): Logic {
  const columns = childrenNamed(element, 'column').map((column) => ({ name: column.attributes.name ?? '', type: site.builder.type(column.attributes.typeRef, site.elementId) }));
  const rows = childrenNamed(element, 'row').map((row) => row.children.filter((cell) => KINDS.has(cell.name)).map((cell) => expressionLogic(cell, site)));
  const names = columns.map(({ name }) => name);
  const odd = rows.findIndex((cells) => cells.length !== columns.length);
  if (odd >= 0) site.builder.report('DMN_EXPRESSION_INCOMPLETE', site.elementId, { what: 'the relation', reason: `row ${String(odd + 1)} has ${String(rows[odd]!.length)} cells for ${String(columns.length)} columns` });
  if (new Set(names).size < names.length) site.builder.report('DMN_EXPRESSION_INCOMPLETE', site.elementId, { what: 'the relation', reason: 'two of its columns have the same name' });
  return (run) =>
    rows.map((cells) => {
      const context: FeelContext = {};
      for (const [at, { name, type }] of columns.entries()) setEntry(context, name, asType(cells[at]?.(run) ?? null, type, `column '${name}'`, run));
      return context;
    });
}

/** Reports the parts of a boxed expression that hold nothing. */
function complete(element: XmlElement, parts: readonly string[], { builder, elementId }: Site): void {
  const missing = parts.filter((part) => {
    const inner = child(element, part);
    return inner === undefined || expressionIn(inner) === undefined;
  });
  if (missing.length > 0) builder.report('DMN_EXPRESSION_INCOMPLETE', elementId, { what: `the ${element.name}`, reason: `there is nothing in its ${missing.join(' and ')}` });
}

function conditionalLogic(element: XmlElement, site: Site): Logic {
  complete(element, ['if', 'then', 'else'], site);
  const condition = logicIn(child(element, 'if'), site);
  const then = logicIn(child(element, 'then'), site);
  const otherwise = logicIn(child(element, 'else'), site);
  return (run) => {
    const truth = condition(run);
    if (truth === true) return then(run);
    return truth === false || truth === null ? otherwise(run) : nothing(run, 'true or false as the condition', 'it is something else');
  };
}

/** The elements of a list, or of a range of whole numbers or dates; a single value is a list of one. */
function elementsOf(value: unknown, run: DecisionRun): readonly unknown[] | null {
  if (Array.isArray(value)) return value as unknown[];
  if (value === null) return null;
  if (!(value instanceof FeelRange)) return [value];
  const elements: unknown[] = [];
  const isSound = walkRange(value, (element) => {
    spend(run, 1);
    elements.push(element);
    return true;
  });
  return isSound ? elements : null;
}

function filterLogic(element: XmlElement, site: Site): Logic {
  complete(element, ['in', 'match'], site);
  const source = logicIn(child(element, 'in'), site);
  const match = logicIn(child(element, 'match'), { ...site, environment: site.environment.with([['item', undefined]]).open() });
  return (run) => {
    const elements = elementsOf(source(run), run);
    if (elements === null) return nothing(run, 'a list to filter', 'there is none');
    const outer = run.scope;
    const kept: unknown[] = [];
    for (const element of elements) {
      spend(run, 1);
      const item = read(element);
      const verdict = withScope(run, new LocalScope(new Map(Object.entries(isContext(item) ? { item, ...item } : { item })), outer), () => match(run));
      if (typeof verdict !== 'boolean') return nothing(run, 'true or false from a boxed filter', 'it is something else');
      if (verdict) kept.push(element);
    }
    return kept;
  };
}

/** `for`, `some` and `every`, with one iterator variable. */
function iteratorLogic(element: XmlElement, site: Site): Logic {
  const kind = element.name;
  complete(element, ['in', kind === 'for' ? 'return' : 'satisfies'], site);
  const variable = element.attributes.iteratorVariable ?? 'item';
  const source = logicIn(child(element, 'in'), site);
  const names: [string, undefined][] = kind === 'for' ? [[variable, undefined], ['partial', undefined]] : [[variable, undefined]];
  const body = logicIn(child(element, kind === 'for' ? 'return' : 'satisfies'), { ...site, environment: site.environment.with(names) });
  return (run) => {
    const elements = elementsOf(source(run), run);
    if (elements === null) return nothing(run, 'a list to go through', 'there is none');
    const outer = run.scope;
    const results: unknown[] = [];
    for (const element of elements) {
      spend(run, 1);
      const locals = new Map<string, unknown>([[variable, read(element)]]);
      if (kind === 'for') locals.set('partial', results.slice());
      const value = withScope(run, new LocalScope(locals, outer), () => body(run));
      if (kind !== 'for' && typeof value !== 'boolean') return nothing(run, 'true or false from each element', 'one gave something else');
      results.push(value);
    }
    return kind === 'for' ? results : kind === 'some' ? results.includes(true) : !results.includes(false);
  };
}
