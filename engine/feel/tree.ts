// Reading the grammar's syntax tree: children without comments, source text of a node.

import type { parser } from '@bpmn-io/lezer-feel';

export type SyntaxTree = ReturnType<typeof parser.parse>;
export type SyntaxNode = SyntaxTree['topNode'];

export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== 'LineComment' && child.name !== 'BlockComment') children.push(child);
  }
  return children;
}

/** The child of this name; the tree has been checked to be free of errors, so it is there. */
export function childNamed(node: SyntaxNode, name: string): SyntaxNode {
  const child = node.getChild(name);
  if (child === null) throw new Error(`Expected a ${name} in ${node.name}, but the syntax tree has none`);
  return child;
}

export function textOf(source: string, node: SyntaxNode): string {
  return source.slice(node.from, node.to);
}
