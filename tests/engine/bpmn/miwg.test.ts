// The reference models of the BPMN Model Interchange Working Group: read and written without loss, and refused for reasons that are said.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { Parser } from 'saxen';
import { lint } from '../../../engine/bpmn/lint.ts';
import { format, parse } from '../../../engine/bpmn/parse.ts';

const folder = fileURLToPath(new URL('../../../../shared/data/miwg/', import.meta.url));

const URIS: Readonly<Record<string, string>> = {
  'http://www.omg.org/spec/BPMN/20100524/MODEL': 'bpmn',
  'http://www.omg.org/spec/BPMN/20100524/DI': 'bpmndi',
  'http://www.omg.org/spec/DD/20100524/DC': 'dc',
  'http://www.omg.org/spec/DD/20100524/DI': 'di',
  'http://www.w3.org/2001/XMLSchema-instance': 'xsi',
};

/** Defaults of the schema: writing them or leaving them out is the same. */
const DEFAULTS: Readonly<Record<string, string>> = {
  cancelActivity: 'true', isInterrupting: 'true', parallelMultiple: 'false', isForCompensation: 'false', startQuantity: '1', completionQuantity: '1', triggeredByEvent: 'false', instantiate: 'false',
  isCollection: 'false', isUnlimited: 'true', isSequential: 'false', behavior: 'All', testBefore: 'false', waitForCompletion: 'true', cancelRemainingInstances: 'true', gatewayDirection: 'Unspecified', eventGatewayType: 'Exclusive',
  minimum: '0', maximum: '1', textFormat: 'text/plain', mustUnderstand: 'false', expressionLanguage: 'http://www.w3.org/1999/XPath', typeLanguage: 'http://www.w3.org/2001/XMLSchema', itemKind: 'Information', loopType: 'None',
};

/** One line for each element: its path, its attributes in order, its text. The order of different children does not count. */
function canonical(xml: string): readonly string[] {
  const lines: string[] = [];
  const open: { name: string; attributes: string; text: string }[] = [];
  const parser = new Parser();
  parser.ns(URIS)
    .on('openTag', (name, attributes, decode) => {
      const all = attributes() || {};
      const prefix = name.slice(0, name.indexOf(':') + 1);
      const written = Object.entries(all)
        .filter(([attribute, value]) => !attribute.startsWith('xmlns') && attribute !== 'xsi:schemaLocation' && DEFAULTS[attribute] !== value)
        // The type of a waypoint is always Point; an attribute may stand with and without the prefix of its element.
        .filter(([attribute, value]) => !(name === 'di:waypoint' && attribute === 'xsi:type') && !(attribute.startsWith(prefix) && all[attribute.slice(prefix.length)] === value))
        .map(([attribute, value]) => `${attribute}=${typeName(attribute, number(decode(value)))}`);
      // A formal expression may be written as an element or as a type.
      const formal = name === 'bpmn:formalExpression';
      if (formal) written.push('xsi:type=tFormalExpression');
      open.push({ name: formal ? 'bpmn:expression' : name, attributes: written.sort().join(' '), text: '' });
    })
    .on('text', (text) => { append(open, text); })
    .on('cdata', (text) => { append(open, text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')); })
    .on('closeTag', () => {
      const { name, attributes, text } = open.pop() ?? { name: '', attributes: '', text: '' };
      lines.push(`${open.map((outer) => outer.name).join('/')}/${name} [${attributes}] ${number(text.replace(/\s+/g, ' ').replace(/&(apos|#39);/g, "'").replace(/&(quot|#34);/g, '"').trim())}`);
    });
  parser.parse(xml);
  return lines.sort();
}

function append(open: { text: string }[], text: string): void {
  const inner = open.at(-1);
  if (inner !== undefined) inner.text += text;
}

/** 10.0 and 10 are the same coordinate. */
function number(text: string): string {
  return /^-?\d+\.\d+$/.test(text) ? String(Number(text)) : text;
}

/** xsi:type names a type by whatever prefix the file uses. */
function typeName(attribute: string, value: string): string {
  return attribute === 'xsi:type' ? value.slice(value.indexOf(':') + 1) : value;
}

describe('BPMN: the interchange models of MIWG', function () {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.bpmn')).sort() : [];

  it('All 21 reference models are there', function () {
    if (files.length === 0 && process.env['PITON_REQUIRE'] !== 'all') this.skip();
    expect(files).to.have.lengthOf(21);
  });

  for (const name of files) {
    const text = readFileSync(`${folder}${name}`, 'utf8');

    it(`${name} is read and written without loss`, async () => {
      const read = await parse(text);
      if (Array.isArray(read)) throw new Error(`Expected ${name} to be readable, but: ${read.map(({ message }) => message).join('; ')}`);
      expect(read.problems.filter(({ severity }) => severity === 'error')).to.deep.equal([]);
      const before = canonical(text);
      const after = canonical(await format(read.definitions));
      // What points at nothing cannot be kept; each such reference is a finding.
      const dangling = read.problems.flatMap(({ code, message }) => (code === 'BPMN_REFERENCE_NOT_FOUND' ? [/but (\S+) does not exist/.exec(message)?.[1]] : []));
      const lost = missing(before, after).filter((line) => !dangling.some((value) => line.endsWith(` ${value ?? ''}`)));
      const gained = missing(after, before);
      expect({ lost, gained }).to.deep.equal({ lost: [], gained: [] });
    });

    it(`${name} is refused for reasons that name element and line, or it runs`, async () => {
      const { problems } = await lint(text, { forceExecutable: true });
      const lines = text.split('\n');
      for (const { elementId, line, message, hint } of problems) {
        expect(message).to.match(/^Expected .*, but /s);
        expect(hint).to.match(/\.$/);
        const begin = lines.findIndex((text) => text.includes(`id="${elementId}"`)) + 1;
        if (elementId !== '') expect(begin, `${elementId} begins in or before line ${String(line)}`).to.be.within(1, line);
      }
      const errors = problems.filter(({ severity }) => severity === 'error');
      expect(errors.length > 0).to.equal(!RUN.has(name));
    });
  }
});

/** The models that use nothing but what is executed. */
const RUN = new Set(['A.1.0.bpmn', 'C.9.1.bpmn']);

/** The lines of `all` that `others` lacks, as multisets. */
function missing(all: readonly string[], others: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const line of others) counts.set(line, (counts.get(line) ?? 0) + 1);
  return all.filter((line) => {
    const left = counts.get(line) ?? 0;
    counts.set(line, left - 1);
    return left <= 0;
  });
}
