// Type expressions of `instance of` and formal parameters (DMN 1.5, 10.3.1.2, rules 52 to 56).

import { normalizeName } from './syntax.ts';
import type { TypeExpression } from './syntax.ts';
import { childNamed, childrenOf, textOf } from './tree.ts';
import type { SyntaxNode } from './tree.ts';

const DEEPEST_TYPE = 100;

/** `ranges`: offsets at which the source says `range<...>`, which the grammar was shown as a list type. */
export function parseTypeNode(type: SyntaxNode, source: string, ranges: ReadonlySet<number>, depth = 0): TypeExpression {
  // No value is nested as deeply; what lies further down is taken as of any type.
  if (depth > DEEPEST_TYPE) return { kind: 'named', name: 'Any' };
  const node = childrenOf(type)[0];
  switch (node?.name) {
    case 'ListType':
      return { kind: ranges.has(node.from) ? 'range' : 'list', of: parseTypeNode(childNamed(node, 'Type'), source, ranges, depth + 1) };
    case 'ContextType': {
      const entries = node.getChild('ContextEntryTypes')?.getChildren('ContextEntryType') ?? [];
      const members = entries.map((entry) => ({
        name: normalizeName(textOf(source, childNamed(entry, 'Name'))),
        type: parseTypeNode(childNamed(entry, 'Type'), source, ranges, depth + 1),
      }));
      return { kind: 'context', members };
    }
    case 'FunctionType': {
      const parameters = node.getChild('ArgumentTypes')?.getChildren('ArgumentType') ?? [];
      return {
        kind: 'function',
        parameters: parameters.map((parameter) => parseTypeNode(childNamed(parameter, 'Type'), source, ranges, depth + 1)),
        result: parseTypeNode(childNamed(node, 'Type'), source, ranges, depth + 1),
      };
    }
    default:
      return { kind: 'named', name: normalizeName(textOf(source, node ?? type)) };
  }
}
