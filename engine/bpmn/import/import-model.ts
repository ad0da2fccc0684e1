/** From a model of another engine to one of ours (BPMN 2.0.2, 8.3.3 extensibility): everything converted, to be looked at, or not supported is a finding; whatever is not converted stays as it was written. */
import type { Problem } from '../../errors.ts';
import { callActivity, decision, expression, multiInstance, script } from './activities.ts';
import { Converter, FOREIGN, isForeign, nameOf } from './converter.ts';
import type { ImportedFile, Use } from './converter.ts';
import type { ImportFinding } from './findings.ts';
import { form } from './forms.ts';
import { continuation, job, listeners, retry } from './jobs.ts';
import { inputsAndOutputs } from './mappings.ts';
import { people } from './people.ts';
import { caughtCode, computedName, conditionalFilter, initiator, processAttributes, properties } from './processes.ts';
import { elementsOf, readXml, textOf, writeXml } from './xml.ts';
import type { XmlElement } from './xml.ts';

export interface ImportedModel {
  readonly xml: string;
  /** Forms that were made from generated fields: form-js JSON. */
  readonly files: readonly ImportedFile[];
  /** In the order of the file. */
  readonly findings: readonly ImportFinding[];
}

/**
 * Converts `camunda:`, `flowable:`, `activiti:` and `operaton:` into `zeebe:` and `gov:`, and their expressions into FEEL. What was converted
 * before, or needs no conversion, comes back as the same text. A Problem alone: the text is no XML that is read here
 * (BPMN_XML_TOO_LARGE, BPMN_XML_TOO_DEEP, BPMN_XML_DOCTYPE, BPMN_XML_INVALID).
 */
export function importModel(xml: string): ImportedModel | Problem {
  const document = readXml(xml);
  if ('code' in document) return document;
  const converter = new Converter(document);
  const elements = bpmnElements(converter, document.root);
  const foreign = document.root.attributes.some(({ name, value }) => name.startsWith('xmlns') && Object.hasOwn(FOREIGN, value));
  for (const element of elements) convert(converter, element, foreign);
  // Retries and priorities belong to jobs, which are known now.
  for (const element of elements) {
    retry(converter, element);
    continuation(converter, element);
  }
  tellTheRest(converter, document.root, document.root);
  converter.prune();
  return { xml: writeXml(document), files: converter.files, findings: [...converter.findings].sort((a, b) => a.line - b.line) };
}

function bpmnElements(converter: Converter, root: XmlElement): readonly XmlElement[] {
  const found: XmlElement[] = [];
  const visit = (element: XmlElement): void => {
    if (!converter.isBpmn(element)) return;
    found.push(element);
    for (const child of elementsOf(element)) visit(child);
  };
  visit(root);
  return found;
}

type Rule = (converter: Converter, element: XmlElement, isForeign: boolean) => void;

const ownJob: Rule = (converter, element) => { job(converter, element); };
const ownMappings: Rule = (converter, element) => { inputsAndOutputs(converter, element); };

/** The alias table by the element its rows begin at. */
const RULES: Readonly<Record<string, readonly Rule[]>> = {
  process: [processAttributes],
  userTask: [people, form],
  startEvent: [initiator, form],
  serviceTask: [ownJob],
  sendTask: [ownJob],
  businessRuleTask: [decision, ownJob],
  scriptTask: [script],
  callActivity: [callActivity],
  multiInstanceLoopCharacteristics: [multiInstance],
  messageEventDefinition: [(converter, element) => { if (element.parent !== undefined) job(converter, element, element.parent); }],
  errorEventDefinition: [caughtCode],
  escalationEventDefinition: [caughtCode],
  conditionalEventDefinition: [conditionalFilter],
  message: [computedName],
  signal: [computedName],
  error: [computedName],
  escalation: [computedName],
};

const EVERYWHERE: readonly Rule[] = [ownMappings, listeners, properties, expression];

function convert(converter: Converter, element: XmlElement, isForeignFile: boolean): void {
  for (const rule of Object.hasOwn(RULES, element.local) ? RULES[element.local]! : []) rule(converter, element, isForeignFile);
  for (const rule of EVERYWHERE) rule(converter, element, isForeignFile);
}

/** Without effect on what a case does. */
const DESCRIPTIVE = new Set(['diagramRelationId', 'modelerTemplate', 'modelerTemplateVersion', 'modelerTemplateIcon']);

/** What no row of the table has taken or told. */
function tellTheRest(converter: Converter, element: XmlElement, at: XmlElement): void {
  const owner = converter.isBpmn(element) && element.local !== 'extensionElements' ? element : at;
  for (const node of element.attributes) if (isForeign(node) && !converter.isTold(node)) tell(converter, { element: owner, owner: element, node, value: node.value, property: nameOf(node) });
  for (const node of elementsOf(element)) {
    if (!isForeign(node)) tellTheRest(converter, node, owner);
    else if (!converter.isTold(node)) tell(converter, { element: owner, owner: element, node, value: textOf(node).trim(), property: nameOf(node) });
  }
}

function tell(converter: Converter, use: Use): void {
  if (DESCRIPTIVE.has(use.node.local)) converter.say('kept', use);
  else converter.say('unknown', use, '', { todo: 'Draw what it does as a service task, or remove it.' });
}
