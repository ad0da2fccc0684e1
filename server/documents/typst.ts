/**
 * The layout program: Typst as a native package, with one source of ours. Told in its own words what it refuses: missing glyphs
 * and alt texts, and every warning.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { codePoint } from './tree.ts';
import { DocumentError } from './errors.ts';

/** The part of the native package that is used; it comes without types. */
interface NativeCompiler {
  compile(source: { readonly mainFileContent: string; readonly inputs: Readonly<Record<string, string>> }): Execution;
  pdf(document: LaidOut, options: { readonly pdfStandard: string; readonly creationTimestamp: number }): Uint8Array;
  query(document: LaidOut, options: { readonly selector: string; readonly field: string }): unknown;
  fetchDiagnostics(error: object): readonly { readonly message: string }[];
  evictCache(age: number): void;
}

interface LaidOut {
  readonly numOfPages: number;
}

interface Execution {
  readonly result: LaidOut | null;
  takeError(): object | null;
  takeWarnings(): object | null;
}

interface NativePackage {
  readonly NodeCompiler: { create(options: { readonly workspace: string; readonly fontArgs: readonly { readonly fontPaths: readonly string[] }[] }): NativeCompiler };
}

const require = createRequire(import.meta.url);
const PACKAGES = ['gnu', 'musl'].map((library) => `@myriaddreamin/typst-ts-node-compiler-linux-x64-${library}`);
const FONT_PACKAGE = '@expo-google-fonts/noto-sans';
const FONTS = ['400Regular/NotoSans_400Regular.ttf', '400Regular_Italic/NotoSans_400Regular_Italic.ttf', '700Bold/NotoSans_700Bold.ttf', '700Bold_Italic/NotoSans_700Bold_Italic.ttf'];
const PROGRAM = new URL('document.typ', import.meta.url);
/** Results of the layout are kept for this many documents: longer only fills the memory. */
const KEPT = 3;

/** What the layout says of a signature field: millimetres are gone, all is PDF points, `y` from the upper edge of the page. */
export interface PlacedField {
  readonly name: string;
  readonly label: string;
  readonly page: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Layout {
  readonly pdf: Uint8Array;
  readonly pages: number;
  readonly fields: readonly PlacedField[];
}

export interface LayoutProgram {
  /** `typst 0.14.2, layout 1a2b3c4d5e6f, Noto Sans 0123456789ab`: program, our source, fonts. */
  readonly name: string;
  /** `inputs`: JSON texts for the source. `seconds`: of the file's date, since 1970. Throws a DocumentError. */
  draw(inputs: Readonly<Record<string, string>>, seconds: number): Layout;
}

/** Opens the native package. `workspace`: an empty folder, all the program may read. Throws DOCUMENT_RENDERER_MISSING. */
export function openLayoutProgram(workspace: string, packages: readonly string[] = PACKAGES): LayoutProgram {
  const { NodeCompiler } = nativePackage(packages);
  const folder = dirname(require.resolve(`${FONT_PACKAGE}/package.json`));
  const files = FONTS.map((font) => join(folder, font));
  const source = readFileSync(PROGRAM, 'utf8');
  const compiler = NodeCompiler.create({ workspace, fontArgs: [{ fontPaths: files.map((file) => dirname(file)) }] });
  const fonts = createHash('sha256');
  for (const file of files) fonts.update(readFileSync(file));
  const name = `typst ${versionOf(compiler)}, layout ${digest(createHash('sha256').update(source))}, Noto Sans ${digest(fonts)}`;
  return { name, draw: (inputs, seconds) => draw(compiler, source, inputs, seconds) };
}

function digest(hash: ReturnType<typeof createHash>): string {
  return hash.digest('hex').slice(0, 12);
}

function nativePackage(packages: readonly string[]): NativePackage {
  const reasons: string[] = [];
  for (const name of packages) {
    try {
      return require(name) as NativePackage;
    } catch (error) {
      reasons.push(error instanceof Error && 'code' in error ? String(error.code) : String(error));
    }
  }
  throw new DocumentError('DOCUMENT_RENDERER_MISSING', { reason: `neither ${packages.join(' nor ')} can be loaded (${reasons.join(', ')})` });
}

function versionOf(compiler: NativeCompiler): string {
  const laidOut = compiled(compiler, '#metadata(str(sys.version))<version>', {});
  return String((compiler.query(laidOut, { selector: '<version>', field: 'value' }) as readonly unknown[])[0]);
}

function draw(compiler: NativeCompiler, source: string, inputs: Readonly<Record<string, string>>, seconds: number): Layout {
  try {
    const laidOut = compiled(compiler, source, inputs);
    // The stricter standard refuses what nobody could hear; the file itself claims the archival one, as only one can be chosen.
    exported(compiler, laidOut, 'ua-1', seconds);
    const pdf = exported(compiler, laidOut, 'a-3a', seconds);
    const fields = compiler.query(laidOut, { selector: '<signature-field>', field: 'value' }) as readonly PlacedField[];
    return { pdf, pages: laidOut.numOfPages, fields };
  } finally {
    compiler.evictCache(KEPT);
  }
}

function compiled(compiler: NativeCompiler, source: string, inputs: Readonly<Record<string, string>>): LaidOut {
  const execution = compiler.compile({ mainFileContent: source, inputs });
  const { result } = execution;
  const objection = execution.takeError() ?? execution.takeWarnings();
  if (objection !== null) throw objected(compiler.fetchDiagnostics(objection).map(({ message }) => message));
  if (result === null) throw objected(['it gave no pages']);
  return result;
}

function exported(compiler: NativeCompiler, laidOut: LaidOut, pdfStandard: string, creationTimestamp: number): Uint8Array {
  try {
    return compiler.pdf(laidOut, { pdfStandard, creationTimestamp });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const messages = [...text.matchAll(/message: "((?:[^"\\]|\\.)*)"/g)].map(([, message = '']) => message.replace(/\\(.)/g, '$1'));
    throw objected(messages.length === 0 ? [text.slice(0, 300)] : messages);
  }
}

function objected(messages: readonly string[]): DocumentError {
  const all = messages.join('; ');
  const glyph = [...new Set(Array.from(all.matchAll(/the text `"(.+?)"` could not be displayed/gu), ([, text = '']) => text))].join('');
  if (glyph !== '') return new DocumentError('DOCUMENT_GLYPH_MISSING', { character: `${glyph} (${Array.from(glyph, codePoint).join(' ')})` });
  if (all.includes('missing alt text')) return new DocumentError('DOCUMENT_ALT_MISSING');
  return new DocumentError('DOCUMENT_LAYOUT_REFUSED', { reason: all });
}
