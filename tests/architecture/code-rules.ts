// What a file may name and export: purity of the engine, one reader of the environment, no barrels, no default exports.
import ts from 'typescript';
import type { Rule } from './import-rules.ts';
import { lineOf, walk } from './source-tree.ts';
import type { SourceFile, SourceTree } from './source-tree.ts';

const NOWHERE_IN_ENGINE = ['console', 'process', 'performance', 'crypto', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'fetch'];
const TIME_ONLY = ['Date', 'Intl', 'Temporal'];
const LOCALE = /^(toLocale[A-Z]\w*|localeCompare)$/;

/** Files inside `folder` whose nodes `find` objects to, told as `path:line sentence`. */
function objections(tree: SourceTree, within: (path: string) => boolean, find: (node: ts.Node, file: SourceFile) => string | undefined): string[] {
  const told: string[] = [];
  for (const file of tree.values()) {
    if (!within(file.path)) continue;
    walk(file.ast, (node) => {
      const objection = find(node, file);
      if (objection !== undefined) told.push(`${file.path}:${String(lineOf(node))} ${objection}`);
    });
  }
  return told;
}

/** Names a file binds itself (a parameter `process`, an imported `Date`): those are not the globals. */
function namesBoundIn(file: SourceFile): Set<string> {
  const names = new Set<string>();
  walk(file.ast, (node) => {
    const binds = ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node) || ts.isImportSpecifier(node) || ts.isFunctionDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isInterfaceDeclaration(node);
    if (binds && node.name !== undefined && ts.isIdentifier(node.name)) names.add(node.name.text);
  });
  return names;
}

/** Whether the identifier stands for a variable or a type, not for a property or a declaration of its own. */
function isFreeName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isQualifiedName(parent)) return parent.left === node;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if ('name' in parent && parent.name === node) return false;
  return !(ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent));
}

const pureEngine: Rule = {
  title: 'The engine names no clock, no locale, no random, no console, no process.',
  check: (tree) => {
    const bound = new Map([...tree.values()].map((file) => [file.path, namesBoundIn(file)]));
    return objections(
      tree,
      (path) => path.startsWith('engine/'),
      (node, { path }) => {
        const inTime = path.startsWith('engine/time/');
        if (ts.isPropertyAccessExpression(node)) {
          if (node.expression.getText() === 'Math' && node.name.text === 'random') return 'uses Math.random, but the engine is deterministic';
          if (LOCALE.test(node.name.text) && !inTime) return `uses ${node.name.text}, but only engine/time may, with an explicit locale`;
        }
        if (!ts.isIdentifier(node) || !isFreeName(node) || bound.get(path)?.has(node.text) === true) return undefined;
        if (NOWHERE_IN_ENGINE.includes(node.text)) return `uses ${node.text}, but the engine is pure`;
        return TIME_ONLY.includes(node.text) && !inTime ? `uses ${node.text}, but only engine/time may` : undefined;
      },
    );
  },
  broken: { 'engine/execution/decision.ts': 'export const at = () => new Date();' },
  kept: { 'engine/time/zone.ts': 'export const at = (ms: number) => new Date(ms);', 'engine/feel/types.ts': "export const Kinds = { Date: 'date' }; export const kind = Kinds.Date;", 'engine/bpmn/compile.ts': 'export const idOf = (process: { id: string }) => process.id;' },
};

const oneReaderOfEnvironment: Rule = {
  title: 'Only server/config.ts reads process.env.',
  check: (tree) =>
    objections(
      tree,
      (path) => path !== 'server/config.ts' && !path.startsWith('bench/'),
      (node, file) => {
        if (!ts.isIdentifier(node) && !ts.isStringLiteralLike(node)) return undefined;
        if (node.text !== 'env') return undefined;
        const { parent } = node;
        if (ts.isPropertyAccessExpression(parent) && parent.name === node && parent.expression.getText() === 'process') return 'reads process.env';
        if (ts.isElementAccessExpression(parent) && parent.expression.getText() === 'process') return 'reads process.env';
        if (ts.isBindingElement(parent) && parent.parent.parent.getText(file.ast).endsWith('= process')) return 'reads process.env';
        if (ts.isImportSpecifier(parent) && /['"](node:)?process['"]/.test(parent.parent.parent.parent.getText(file.ast))) return 'imports env of process';
        return undefined;
      },
    ),
  broken: { 'server/http/app.ts': 'export const port = process.env.PORT;' },
  kept: { 'server/config.ts': 'export const port = process.env.PORT;' },
};

const noDefaultExports: Rule = {
  title: 'No file has a default export, configuration files aside.',
  check: (tree) =>
    objections(
      tree,
      (path) => !/(\.config\.ts|\.d\.ts)$/.test(path),
      (node) => {
        if (ts.isExportAssignment(node)) return 'has a default export';
        if (ts.isExportSpecifier(node) && node.name.text === 'default') return 'has a default export';
        const isDefault = ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword);
        return isDefault === true ? 'has a default export' : undefined;
      },
    ),
  broken: { 'server/http/app.ts': 'export default function app() {}' },
  kept: { 'designer/vite.config.ts': 'export default {};', 'server/http/app.ts': 'export function app() {}' },
};

const noBarrels: Rule = {
  title: 'There is no barrel: only engine/index.ts and the public face of a module pass on what others export, by name.',
  check: (tree) =>
    [...tree.values()].flatMap(({ path, ast }) => {
      if (path === 'engine/index.ts') return [];
      const passedOn = ast.statements.filter((statement) => ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined);
      const everything = passedOn.some((statement) => ts.isExportDeclaration(statement) && statement.exportClause === undefined);
      if (everything) return [`${path} passes on everything of another file (export *)`];
      const isFace = /^server\/[^/]+\/index\.ts$/.test(path);
      const nothingElse = passedOn.length > 0 && ast.statements.every((statement) => passedOn.includes(statement) || ts.isImportDeclaration(statement));
      return nothingElse && !isFace ? [`${path} only passes on what other files export`] : [];
    }),
  broken: { 'engine/feel/index.ts': "export { parse } from './parse.ts';" },
  kept: { 'engine/index.ts': "export { parse } from './feel/parse.ts';", 'engine/feel/parse.ts': 'export function parse() {}' },
};

/** Every rule about names and exports, each with its own proof. */
export const CODE_RULES: readonly Rule[] = [pureEngine, oneReaderOfEnvironment, noDefaultExports, noBarrels];
