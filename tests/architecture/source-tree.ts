// The source as the architecture tests see it: every TypeScript file with what it imports, exports and names.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** The folder of the repository. */
export const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export interface ImportOf {
  /** As written: `../errors.ts`, `node:fs`, `zod`. */
  readonly specifier: string;
  /** Path inside the repository for a relative import, otherwise undefined. */
  readonly target: string | undefined;
  /** Package name of a bare import: `zod`, `@noble/hashes`, `node:fs`. */
  readonly packageName: string | undefined;
  /** True for `import type`, `export type ... from` and `import('...')` in a type. */
  readonly typeOnly: boolean;
  readonly line: number;
}

export interface SourceFile {
  /** Path inside the repository with slashes: `engine/feel/parse.ts`. */
  readonly path: string;
  readonly text: string;
  readonly ast: ts.SourceFile;
  readonly imports: readonly ImportOf[];
}

export type SourceTree = ReadonlyMap<string, SourceFile>;

/**
 * Reads all files with one of the extensions below the given folders; a folder that is absent is empty.
 * @returns paths inside the repository with their text
 */
export function readTexts(folders: readonly string[], extensions: readonly string[]): Map<string, string> {
  const texts = new Map<string, string>();
  const visit = (folder: string): void => {
    for (const entry of readFolder(folder)) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory() && entry.name !== 'node_modules' && entry.name !== 'dist') visit(path);
      else if (entry.isFile() && extensions.some((extension) => path.endsWith(extension))) texts.set(path, readFileSync(join(repository, path), 'utf8'));
    }
  };
  for (const folder of folders) visit(folder);
  return texts;
}

function readFolder(folder: string) {
  try {
    return readdirSync(join(repository, folder), { withFileTypes: true });
  } catch {
    return [];
  }
}

/** Parses texts by path into a tree; the fake trees of the self-tests come in by the same door. */
export function treeOf(texts: Iterable<readonly [string, string]>): SourceTree {
  const tree = new Map<string, SourceFile>();
  for (const [path, text] of texts) {
    const kind = path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
    const ast = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true, kind);
    tree.set(path, { path, text, ast, imports: importsOf(path, ast) });
  }
  return tree;
}

/** Calls `see` with every node of a file, parents first. */
export function walk(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  node.forEachChild((child) => {
    walk(child, see);
  });
}

/** Line of a node, counted from 1. */
export function lineOf(node: ts.Node): number {
  const file = node.getSourceFile();
  return file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
}

function importsOf(path: string, ast: ts.SourceFile): ImportOf[] {
  const found: ImportOf[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean): void => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    const relative = /^\.\.?(\/|$)/.test(specifier.text);
    found.push({
      specifier: specifier.text,
      target: relative ? posix.join(posix.dirname(path), specifier.text) : undefined,
      packageName: relative ? undefined : packageOf(specifier.text),
      typeOnly,
      line: lineOf(specifier),
    });
  };
  walk(ast, (node) => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node)) add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true);
    else if (ts.isImportEqualsDeclaration(node)) add(ts.isExternalModuleReference(node.moduleReference) ? node.moduleReference.expression : undefined, node.isTypeOnly);
    else if (ts.isCallExpression(node) && isLoading(node.expression)) add(node.arguments[0], false);
  });
  return found;
}

function isLoading(callee: ts.Expression): boolean {
  return callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require');
}

function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
