/** Boxed expressions that are shown and not changed here (DMN 1.5, clause 10.2): contexts, invocations, functions, lists, relations and the rest, with their texts. */
import type { JSX } from 'preact';
import { columnName, expressionIn, isExpression, POLICIES, tableOf } from './model.ts';
import { attributeOf, bodyOf, childOf, childrenOf } from './source.ts';
import type { SourceElement } from './source.ts';

/** `element`: an expression; undefined shows that there is none. */
export function Boxed({ element }: { readonly element: SourceElement | undefined }): JSX.Element {
  if (element === undefined) return <p class="designer-note">There is nothing in it.</p>;
  switch (element.name) {
    case 'literalExpression': return <pre class="boxed-text">{bodyOf(element) || '–'}</pre>;
    case 'decisionTable': return <BoxedTable element={element} />;
    case 'context': return <Entries entries={childrenOf(element, 'contextEntry').map((entry) => [attributeOf(childOf(entry, 'variable'), 'name') || 'Result', expressionIn(entry)])} />;
    case 'invocation': return <><p class="boxed-word">Calls</p><Boxed element={expressionIn(element)} /><Entries entries={childrenOf(element, 'binding').map((binding) => [attributeOf(childOf(binding, 'parameter'), 'name'), expressionIn(binding)])} /></>;
    case 'functionDefinition': return <><p class="boxed-word">Function of {parametersOf(element)}</p><Boxed element={expressionIn(element)} /></>;
    case 'list': return <ol class="boxed-list">{element.children.filter(isExpression).map((item, at) => <li key={at}><Boxed element={item} /></li>)}</ol>;
    case 'relation': return <Relation element={element} />;
    default: return <Entries entries={parts(element)} />;
  }
}

/** Conditional, filter, for, some, every: each part under its word. */
function parts(element: SourceElement): [string, SourceElement | undefined][] {
  const variable = attributeOf(element, 'iteratorVariable');
  const words: Readonly<Record<string, string>> = { in: variable === '' ? 'In' : `${element.name} ${variable} in`, if: 'If', then: 'Then', else: 'Else', return: 'Return', satisfies: 'Satisfies', match: 'Keep where' };
  return element.children.filter(({ isModel, name }) => isModel && name in words).map((child) => [words[child.name] ?? child.name, expressionIn(child)]);
}

export function parametersOf(element: SourceElement): string {
  return childrenOf(element, 'formalParameter').map((parameter) => attributeOf(parameter, 'name')).join(', ') || 'nothing';
}

function Entries({ entries }: { readonly entries: readonly (readonly [string, SourceElement | undefined])[] }): JSX.Element {
  return <dl class="boxed-entries">{entries.map(([name, element], at) => <div key={at}><dt>{name}</dt><dd><Boxed element={element} /></dd></div>)}</dl>;
}

function Relation({ element }: { readonly element: SourceElement }): JSX.Element {
  return (
    <div class="rules-scroll"><table class="rules-table rules-table--read">
      <thead><tr>{childrenOf(element, 'column').map((column, at) => <th key={at} scope="col">{attributeOf(column, 'name')}</th>)}</tr></thead>
      <tbody>{childrenOf(element, 'row').map((row, at) => <tr key={at}>{row.children.filter(isExpression).map((cell, to) => <td key={to}><Boxed element={cell} /></td>)}</tr>)}</tbody>
    </table></div>
  );
}

function BoxedTable({ element }: { readonly element: SourceElement }): JSX.Element {
  const { columns, rules, policy } = tableOf(element);
  const words = POLICIES.find(({ hitPolicy, aggregation }) => hitPolicy === policy.hitPolicy && aggregation === policy.aggregation)?.label ?? policy.hitPolicy;
  return (
    <div class="rules-scroll"><table class="rules-table rules-table--read">
      <caption>{words}</caption>
      <thead><tr><th scope="col" class="rules-number">Rule</th>{columns.map((column, at) => <th key={at} scope="col">{columnName(column)}</th>)}</tr></thead>
      <tbody>{rules.map(({ texts }, at) => <tr key={at}><th scope="row" class="rules-number">{at + 1}</th>{texts.map((text, to) => <td key={to}>{text === '' ? '–' : <code>{text}</code>}</td>)}</tr>)}</tbody>
    </table></div>
  );
}
