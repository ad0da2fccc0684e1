/**
 * What a template may contain: an allow-list over its syntax tree (Handlebars 4.7), checked before it is compiled. A template is
 * text from a person: it may place data in text, ask and repeat, and nothing else.
 */
import Handlebars from 'handlebars';
import { HELPER_NAMES } from './helpers.ts';
import { ELEMENTS } from './tree.ts';

/** One breach of the rules. `reason` continues the sentence "line 3 ...". */
export interface TemplateFault {
  readonly line: number;
  readonly reason: string;
}

const MOST_CHARACTERS = 262_144;
const DEEPEST = 8;
const DATA_NAMES = ['index', 'first', 'last', 'key', 'root'];
/** Attributes that may carry data; all others decide about the layout and are fixed text. */
const TOLD_ATTRIBUTES = ['alt', 'label'];
const BLOCKS = ['if', 'unless', 'each', 'with'];

type Node = hbs.AST.Node;

/** All breaches in the order of the text; empty when the template may be compiled. A text that does not parse is one breach. */
export function checkTemplate(text: unknown): TemplateFault[] {
  if (typeof text !== 'string') return [{ line: 1, reason: 'is no text' }];
  if (text.length > MOST_CHARACTERS) return [{ line: 1, reason: `begins a text of more than ${MOST_CHARACTERS} characters` }];
  let program: hbs.AST.Program;
  try {
    program = Handlebars.parseWithoutProcessing(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [{ line: Number(/line (\d+)/.exec(message)?.[1] ?? 1), reason: `cannot be read: ${message.split('\n').at(-1) ?? ''}` }];
  }
  const faults: TemplateFault[] = [];
  checkProgram(program, 0, (node, reason) => { faults.push({ line: node.loc.start.line, reason }); });
  return faults;
}

type Report = (node: Node, reason: string) => void;

/** Where in the HTML a statement stands: in text, in a tag, or in the quoted value of an attribute. */
type Place = { readonly in: 'text' | 'tag' } | { readonly in: 'value'; readonly attribute: string };

function checkProgram(program: hbs.AST.Program, depth: number, report: Report): void {
  if (depth > DEEPEST) report(program, `nests more than ${DEEPEST} blocks`);
  let place: Place = { in: 'text' };
  let tail = '';
  for (const statement of program.body) {
    if (statement.type === 'ContentStatement') {
      const { value } = statement as hbs.AST.ContentStatement;
      ({ place, tail } = follow(value, place, tail, (reason) => { report(statement, reason); }));
    } else if (statement.type === 'MustacheStatement') checkMustache(statement as hbs.AST.MustacheStatement, place, report);
    else if (statement.type === 'BlockStatement') checkBlock(statement as hbs.AST.BlockStatement, place, depth, report);
    else if (statement.type !== 'CommentStatement') report(statement, `has ${WORDS[statement.type] ?? statement.type}, which templates have not`);
  }
  if (place.in !== 'text') report(program, 'leaves a tag open at the end of a block');
}

const WORDS: Readonly<Record<string, string>> = { PartialStatement: 'a partial', PartialBlockStatement: 'a partial', Decorator: 'a decorator', DecoratorBlock: 'a decorator' };

function checkMustache(mustache: hbs.AST.MustacheStatement, place: Place, report: Report): void {
  if (!mustache.escaped) report(mustache, 'places a value without escaping it');
  if (place.in === 'tag') report(mustache, 'places a value inside a tag');
  if (place.in === 'value' && !TOLD_ATTRIBUTES.includes(place.attribute)) report(mustache, `places a value in the attribute ${place.attribute}`);
  checkCall(mustache, HELPER_NAMES, report);
}

function checkBlock(block: hbs.AST.BlockStatement, place: Place, depth: number, report: Report): void {
  if (place.in !== 'text') report(block, 'has a block inside a tag');
  if (!BLOCKS.includes(block.path.original)) report(block, `has the block ${block.path.original}, but only ${BLOCKS.join(', ')} are known`);
  else if (block.params.length !== 1) report(block, `gives ${block.path.original} not exactly one value`);
  checkParameters(block, report);
  // Missing where only one of the two halves is written.
  const halves: readonly (hbs.AST.Program | undefined)[] = [block.program, block.inverse];
  for (const half of halves) if (half !== undefined) checkProgram(half, depth + 1, report);
}

interface Call extends Node {
  readonly path: Node;
  readonly params: readonly Node[];
  readonly hash: hbs.AST.Hash | undefined;
}

function checkCall(call: Call, helpers: readonly string[], report: Report): void {
  const { path } = call;
  if (path.type !== 'PathExpression') report(call, 'places a constant');
  else {
    const name = (path as hbs.AST.PathExpression).original;
    const isHelper = helpers.includes(name);
    if (call.params.length > 0 && !isHelper) report(call, `calls ${name}, but only ${helpers.join(', ')} may be called`);
    if (call.params.length === 0 && isHelper) report(call, `calls ${name} without a value`);
    checkPath(path as hbs.AST.PathExpression, report);
  }
  checkParameters(call, report);
}

function checkParameters({ params, hash }: Pick<Call, 'params' | 'hash'>, report: Report): void {
  if (hash !== undefined) report(hash, 'gives a value a name');
  for (const parameter of params) {
    if (parameter.type === 'PathExpression') checkPath(parameter as hbs.AST.PathExpression, report);
    else if (parameter.type === 'SubExpression') checkCall(parameter as hbs.AST.SubExpression, HELPER_NAMES, report);
    else if (!['StringLiteral', 'NumberLiteral', 'BooleanLiteral'].includes(parameter.type)) report(parameter, `uses ${parameter.type}`);
  }
}

/** Every name an object or a function is born with: none of them is data. */
const INBORN = new Set([...Object.getOwnPropertyNames(Object.prototype), ...Object.getOwnPropertyNames(Function.prototype), 'prototype', 'toHTML'].filter((name) => name !== 'length' && name !== 'name'));

function checkPath(path: hbs.AST.PathExpression, report: Report): void {
  const [first] = path.parts;
  if (path.data && !(first !== undefined && DATA_NAMES.includes(first))) report(path, `reads ${path.original}, but only ${DATA_NAMES.map((name) => `@${name}`).join(', ')} may be read`);
  const inborn = path.parts.find((part) => INBORN.has(part) || part.startsWith('__'));
  if (inborn !== undefined) report(path, `reads ${inborn}, which is no data`);
}

/** Follows the HTML of one piece of text. `tail`: what was read of the tag so far. */
function follow(text: string, from: Place, tailBefore: string, report: (reason: string) => void): { readonly place: Place; readonly tail: string } {
  let place = from;
  let tail = tailBefore;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]!;
    if (place.in === 'text') {
      if (character !== '<') continue;
      const name = /^<\/?([a-zA-Z][^\s/>]*)/.exec(text.slice(at))?.[1];
      if (name === undefined) report('has a "<" that begins no tag; write &lt;');
      else {
        if (!Object.hasOwn(ELEMENTS, name.toLowerCase())) report(`has the element ${name}, which documents have not`);
        place = { in: 'tag' };
        tail = '';
      }
    } else if (place.in === 'value') {
      if (character === '"') place = { in: 'tag' };
    } else if (character === '>') place = { in: 'text' };
    else if (character === '"') {
      place = { in: 'value', attribute: /([a-zA-Z-]+)\s*=\s*$/.exec(tail)?.[1]?.toLowerCase() ?? '' };
      tail = '';
    } else if (character === "'" || character === '<') report(`has ${character === '<' ? 'a "<"' : 'a single quote'} inside a tag`);
    else tail += character;
  }
  return { place, tail };
}
