// Models of other engines become ours: each dialect against a golden result, nothing else touched, and a second import changes nothing.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import fc from 'fast-check';
import { FOREIGN } from '../../../../engine/bpmn/import/converter.ts';
import { importModel } from '../../../../engine/bpmn/import/import-model.ts';
import type { ImportedModel } from '../../../../engine/bpmn/import/import-model.ts';
import { readXml, writeXml } from '../../../../engine/bpmn/import/xml.ts';
import { lint } from '../../../../engine/bpmn/lint.ts';
import { EXTENSIONS } from '../../../../engine/bpmn/not-executed.ts';
import { readForm } from '../../../../server/forms/check.ts';
import { codesOf, file } from '../support.ts';
import { differences, treeOf } from '../xml-tree.ts';
import type { Tree } from '../xml-tree.ts';

const folder = fileURLToPath(new URL('./models/', import.meta.url));
const names = readdirSync(folder).filter((name) => /^[a-z-]+\.bpmn$/.test(name)).map((name) => name.replace('.bpmn', ''));
const read = (name: string): string => readFileSync(`${folder}${name}`, 'utf8');

function imported(xml: string): ImportedModel {
  const result = importModel(xml);
  if ('code' in result) throw new Error(`${result.code}: ${result.message}`);
  return result;
}

const NOT_YET = /which this engine does not execute yet\.$/;

/** What no import may change: everything but extensions and the texts and attributes a finding names. */
function skeleton({ name, attributes, text, children }: Tree): Tree {
  const kept = [...attributes].filter(([attribute]) => !isForeign(attribute) && !['calledElement', 'scriptFormat', 'language'].includes(attribute));
  const rewritten = /\}(?:conditionExpression|condition|completionCondition|timeDuration)$/.test(name);
  return {
    name, attributes: new Map(kept), text: rewritten ? '' : text,
    children: children.filter((child) => !isForeign(child.name) && !/zeebe|urn:piton|\}(?:script|loopCardinality|potentialOwner)$/.test(child.name)).map(skeleton)
      .filter((child) => !(child.name.endsWith('}extensionElements') && child.children.length === 0)),
  };
}

function isForeign(name: string): boolean {
  return Object.keys(FOREIGN).some((uri) => name.startsWith(`{${uri}}`));
}

describe('BPMN: import of models of other engines', () => {
  it('There is a golden model for every dialect', () => {
    expect(names).to.have.length.of.at.least(8);
    for (const dialect of Object.values(FOREIGN)) expect(names.some((name) => name.startsWith(dialect)), dialect).to.equal(true);
  });

  for (const name of names) {
    describe(name, () => {
      const original = read(`${name}.bpmn`);
      const result = imported(original);

      it('is converted as its golden file says', () => {
        expect(result.xml).to.equal(read(`${name}.imported.bpmn`));
        for (const made of result.files) expect(made.content, made.name).to.equal(read(made.name));
      });

      it('has the findings of its golden file, each with the line of the original and a hint', () => {
        const found = result.findings.map(({ kind, elementId, line, property, to, message }) => [NOT_YET.test(message) ? 'converted' : kind, elementId, line, property, to]);
        expect(found).to.deep.equal(JSON.parse(read(`${name}.findings.json`)));
        const lines = original.split('\n');
        for (const { line, property, from, message, hint } of result.findings) {
          expect(message).to.match(/\.$/);
          expect(hint).to.match(/[.!?]$/);
          const local = property.replace(/^\w+:(\w+).*$/, '$1');
          expect(lines.slice(line - 1).join('\n'), `${property} from ${from}`).to.contain(local);
        }
      });

      it('imported again is the same text, and nothing more is converted', () => {
        const again = imported(result.xml);
        expect(again.xml).to.equal(result.xml);
        expect(again.files).to.deep.equal([]);
        expect(again.findings.filter(({ kind }) => kind === 'converted')).to.deep.equal([]);
      });

      it('keeps every element, id, text, drawing and extension of third parties', () => {
        expect(differences(skeleton(treeOf(original)), skeleton(treeOf(result.xml)))).to.deep.equal([]);
      });

      it('leaves in the file what it calls not supported, and only refuses for what a finding told', async () => {
        const left = (result.xml.match(/<(?:camunda|flowable|activiti|operaton):|\s(?:camunda|flowable|activiti|operaton):\w+=/g) ?? []).length;
        const told = result.findings.filter(({ kind, property }) => kind === 'notSupported' && !property.startsWith('bpmn:')).length;
        expect(left).to.be.at.least(told);
        const ids = new Set(result.findings.filter(({ kind }) => kind !== 'converted').map(({ elementId }) => elementId));
        for (const { code, elementId } of (await lint(result.xml)).problems) if (code === 'BPMN_FOREIGN_NOT_EXECUTED') expect(ids.has(elementId), elementId).to.equal(true);
      });
    });
  }

  it('A conversion into what is not executed yet is to be looked at, any other is not', () => {
    const parts: Readonly<Record<string, string>> = { 'zeebe:Input': 'zeebe:IoMapping', 'zeebe:Output': 'zeebe:IoMapping', 'zeebe:Header': 'zeebe:TaskHeaders', 'zeebe:Property': 'zeebe:Properties' };
    for (const { kind, to, message } of names.flatMap((name) => imported(read(`${name}.bpmn`)).findings)) {
      const found = /^(zeebe|gov):(\w)(\w*)/.exec(to);
      if (found === null || !/ is now /.test(message) || kind === 'review' && !NOT_YET.test(message)) continue;
      const type = `${found[1] ?? ''}:${(found[2] ?? '').toUpperCase()}${found[3] ?? ''}`;
      expect(NOT_YET.test(message), message).to.equal(!Object.hasOwn(EXTENSIONS, parts[type] ?? type));
    }
  });

  it('Generated forms are forms', () => {
    const files = names.flatMap((name) => imported(read(`${name}.bpmn`)).files);
    expect(files).to.have.lengthOf(2);
    for (const { content } of files) expect(readForm(JSON.parse(content)).problems).to.deep.equal([]);
  });

  it('A converted model deploys', async () => {
    for (const name of ['camunda-people', 'operaton']) expect((await lint(imported(read(`${name}.bpmn`)).xml)).problems.filter(({ severity }) => severity === 'error'), name).to.deep.equal([]);
  });

  it('What stands there already wins, and the other one is kept', () => {
    const xml = file('<process id="p"><userTask id="u" camunda:assignee="b"><extensionElements><zeebe:assignmentDefinition assignee="a" /></extensionElements></userTask></process>');
    const result = imported(xml);
    expect(result.xml).to.equal(xml);
    expect(result.findings.map(({ kind, message }) => [kind, message])).to.deep.equal([['review', 'camunda:assignee was kept beside zeebe:assignmentDefinition assignee, which stands there already and counts.']]);
  });

  it('A model of ours comes back as it is, without a word', () => {
    const xml = file('<process id="p"><userTask id="u"><extensionElements><zeebe:assignmentDefinition assignee="=a" /></extensionElements><multiInstanceLoopCharacteristics><loopCardinality>=3</loopCardinality></multiInstanceLoopCharacteristics></userTask></process>');
    expect(imported(xml)).to.deep.equal({ xml, files: [], findings: [] });
  });

  it('What is no XML is a problem with its line', () => {
    for (const [xml, code, line] of [
      ['<a>\n<b></a>', 'BPMN_XML_INVALID', 2], ['<a', 'BPMN_XML_INVALID', 1], ['', 'BPMN_XML_INVALID', 1], ['<a/>text', 'BPMN_XML_INVALID', 1], ['<a/><b/>', 'BPMN_XML_INVALID', 1],
      ['<a x="1" x="2"/>', 'BPMN_XML_INVALID', 1], ['<!DOCTYPE a [<!ENTITY b "c">]><a/>', 'BPMN_XML_DOCTYPE', 1], ['<a><!--</a>', 'BPMN_XML_INVALID', 1],
      ['<a>'.repeat(300), 'BPMN_XML_TOO_DEEP', 1], [`<a>${' '.repeat(10_000_001)}</a>`, 'BPMN_XML_TOO_LARGE', 1], ['<a>\n\n< b/></a>', 'BPMN_XML_INVALID', 3], ['</a>', 'BPMN_XML_INVALID', 1],
    ] as const) expect(importModel(xml), xml.slice(0, 40)).to.include({ code, line });
  });

  it('Whatever is read is written as the same text', () => {
    for (const name of readdirSync(folder).filter((one) => one.endsWith('.bpmn'))) {
      for (const text of [read(name), read(name).replace(/\n/g, '\r\n')]) {
        const document = readXml(text);
        if ('code' in document) throw new Error(document.message);
        expect(writeXml(document)).to.equal(text);
      }
    }
  });

  it('A damaged file is a problem or is imported, never an error, and a second import changes nothing', () => {
    const texts = names.map((name) => read(`${name}.bpmn`));
    fc.assert(fc.property(fc.constantFrom(...texts), fc.nat(), fc.nat(60), fc.constantFrom('', '<', '"', '${', '}', '&', ' camunda:assignee="${a', '>'), (text, at, length, inserted) => {
      const start = at % text.length;
      const result = importModel(text.slice(0, start) + inserted + text.slice(start + length));
      if ('code' in result) return;
      const again = importModel(result.xml);
      if ('code' in again) throw new Error(`not readable any more: ${again.message}`);
      expect(again.xml).to.equal(result.xml);
    }), { numRuns: 400 });
  });

  it('What was kept is refused when it is deployed', async () => {
    const xml = file('<process id="p" isExecutable="true"><startEvent id="s" /><serviceTask id="t" camunda:type="external" camunda:topic="x" camunda:skip="y" /></process>');
    expect(await codesOf(imported(xml).xml)).to.include('BPMN_FOREIGN_NOT_EXECUTED');
  });
});
