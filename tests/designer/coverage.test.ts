/**
 * What the engine reads of a model can be set in the panel: the attributes of its loose view of BPMN (engine/bpmn/tree.ts), those of the
 * extension elements it executes (engine/bpmn/not-executed.ts and the descriptors), and the properties it asks for by name. What is left
 * to other tools stands here by name, with the reason.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { DESCRIPTORS } from '../../engine/index.ts';
import { EXTENSIONS } from '../../engine/bpmn/not-executed.ts';
import { applyEdit } from '../../designer/model/edit.ts';
import type { Edit } from '../../designer/model/edit.ts';
import type { ModdleElement } from '../../designer/model/moddle.ts';
import type { Column, Field } from '../../designer/panel/fields.ts';
import { sectionsOf } from '../../designer/panel/sections.ts';
import { EVERYTHING, VOCABULARY } from './everything.ts';
import { read } from './support.ts';

const ENGINE = new URL('../../engine/bpmn/', import.meta.url);

/** Extension attributes without a field: `type.attribute`. */
const EXTENSIONS_WITHOUT_FIELD: Readonly<Record<string, string>> = {
  'zeebe:CalledElement.processIdExpression': 'shown as the procedure; what is written there is a processId, which may be computed itself',
  'zeebe:FormDefinition.externalReference': 'another word for formId; shown, and replaced by it when a form is chosen',
  'zeebe:FormDefinition.formKey': 'another word for formId; shown, and replaced by it when a form is chosen',
  'zeebe:UserTaskForm.id': 'a form inside the model, as some tools write it; the designer keeps forms apart',
  'zeebe:UserTaskForm.body': 'a form inside the model, as some tools write it; the designer keeps forms apart',
  'zeebe:ExecutionListener.headers': 'kept when its row is changed; a row of the panel has no list of its own',
  'zeebe:Header.id': 'nothing means it; kept by other tools',
  'gov:Sla.pausable': 'refused: the deadline runs through',
  'gov:Document.copies': 'refused: printed copies are not counted yet',
  'gov:Starters.public': 'refused: officers start cases',
};

/** Attributes of BPMN elements without a field. */
const ELEMENTS_WITHOUT_FIELD: Readonly<Record<string, string>> = {
  ...reason('what the reader of files needs of every element', 'id', 'body', 'extensionElements', 'values', 'rootElements', 'extensions', 'mustUnderstand', 'expressionLanguage', 'language'),
  ...reason('drawn: the drawing makes, connects and moves it', 'participants', 'processRef', 'messageFlows', 'flowElements', 'laneSets', 'lanes', 'childLaneSet', 'flowNodeRef', 'sourceRef', 'targetRef', 'attachedToRef', 'artifacts', 'eventDefinitions', 'dataObjectRef', 'triggeredByEvent', 'isForCompensation', 'dataInputAssociations', 'dataOutputAssociations'),
  ...reason('refused, or only told: nothing to set', 'participantMultiplicity', 'maximum', 'gatewayDirection', 'scriptFormat', 'resourceParameterBindings'),
  ...reason('correlation by keys of a collaboration; the correlation key of the message says it in one place', 'conversations', 'correlationKeys', 'correlationPropertyRef', 'correlationPropertyRetrievalExpression', 'messagePath', 'correlationKeyRef', 'correlationPropertyBinding', 'dataPath', 'correlationSubscriptions'),
  ...reason('event definitions that stand at the root of a file and are shared; each event has its own here', 'eventDefinitionRef'),
  ...reason('which instance of a loop throws what: an event of its own on the drawing says it to everybody', 'behavior', 'complexBehaviorDefinition', 'oneBehaviorEventRef', 'noneBehaviorEventRef', 'event'),
  ...reason('data of the standard; zeebe:ioMapping, zeebe:loopCharacteristics and the assignments of registers say it', 'itemSubjectRef', 'ioSpecification', 'dataInputs', 'dataOutputs', 'properties', 'transformation', 'loopDataInputRef', 'loopDataOutputRef', 'inputDataItem', 'outputDataItem'),
  ...reason('resource roles of the standard; zeebe:assignmentDefinition says it', 'resources', 'resourceAssignmentExpression', 'resourceRef'),
  ...reason('operations of service interfaces and scripts of the standard; zeebe:taskDefinition and zeebe:script say it', 'operationRef', 'implementation', 'script'),
};

function reason(why: string, ...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, why]));
}

interface DescribedProperty {
  readonly name: string;
  readonly type: string;
}

interface DescribedType {
  readonly name: string;
  readonly superClass?: readonly string[];
  readonly extends?: readonly string[];
  readonly properties?: readonly DescribedProperty[];
}

/** Attribute names of an interface of engine/bpmn/tree.ts. */
function attributesOf(name: string): string[] {
  const source = readFileSync(new URL('tree.ts', ENGINE), 'utf8');
  const found = new RegExp(`export interface ${name} .*\\{([\\s\\S]*?)\\n\\}`).exec(source)![1]!;
  return [...found.matchAll(/^ {2}readonly (\w+)\??:/gm)].map((match) => match[1]!);
}

/** The reader of files puts the prefix before the names of a descriptor it was given. */
function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** `type.attribute` of everything the engine reads of the extension elements it executes, lists inside them included. */
function executedExtensions(): string[] {
  const readByEngine = new Set([...attributesOf('Element'), ...attributesOf('Extension')]);
  const types = Object.entries(DESCRIPTORS).flatMap(([prefix, descriptor]) => (descriptor as { readonly types: readonly DescribedType[] }).types.map((type) => ({ ...type, full: `${prefix}:${type.name}`, prefix })));
  const propertiesOf = (full: string): { readonly name: string; readonly type: string }[] => types
    .filter((type) => type.full === full || type.extends?.includes(full) === true || types.some((sub) => sub.full === full && sub.superClass?.some((parent) => [parent, `${sub.prefix}:${parent}`].includes(type.full) || parent === type.name)))
    .flatMap(({ prefix, properties = [] }) => properties.map(({ name, type }) => ({ name: localName(name), type: type.includes(':') ? type : `${prefix}:${type}` })));
  const seen = new Set<string>();
  const found = new Set<string>();
  const visit = (full: string): void => {
    if (seen.has(full)) return;
    seen.add(full);
    for (const { name, type } of propertiesOf(full)) {
      // A list is read by what stands in it.
      if (types.some((known) => known.full === type)) visit(type);
      if (readByEngine.has(name) && !(types.some((known) => known.full === type) && name !== 'headers')) found.add(`${full}.${name}`);
    }
  };
  for (const type of Object.keys(EXTENSIONS)) if (!type.endsWith(':Milestone')) visit(type);
  return [...found].sort();
}

/** Names the engine looks up among zeebe:properties. */
function namedProperties(): string[] {
  const sources = readdirSync(ENGINE).filter((file) => file.endsWith('.ts')).map((file) => readFileSync(new URL(file, ENGINE), 'utf8'));
  return [...new Set(sources.flatMap((source) => [...source.matchAll(/\bpropertyOf\([^,()]+(?:\.\w+)?, '(\w+)'\)/g)].map((match) => match[1]!)))].sort();
}

/** What somebody types into a field, or chooses: every choice, every box both ways. */
function entriesOf(field: Field): Edit[] {
  const cell = ({ kind, choices }: Column): string | boolean => (kind === 'check' ? true : kind === 'choice' ? choices?.[0]?.value ?? '' : 'typed');
  switch (field.kind) {
    case 'text': return [field.write('7'), field.write('typed')];
    case 'duration': return [field.write('P2D')];
    case 'choice': return field.choices.map(({ value }) => field.write(value));
    case 'check': return [field.write(!field.value), field.write(field.value)];
    case 'many': return [field.write(field.choices.map(({ value }) => value))];
    case 'rows': return [field.write([Object.fromEntries(field.columns.map((column) => [column.key, cell(column)]))])];
    case 'done-by': return (['groups', 'person', 'people', 'starter', 'rule'] as const).map((mode) => field.write({ mode, text: 'typed' }));
    case 'decision': return [field.write('made')];
    case 'note': return [];
  }
}

/** All of the model: every element in it once. */
function elementsIn(root: ModdleElement): Set<ModdleElement> {
  const all = new Set<ModdleElement>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) { value.forEach(visit); return; }
    if (typeof value !== 'object' || value === null || !('$type' in value) || all.has(value as ModdleElement)) return;
    all.add(value as ModdleElement);
    for (const [name, inner] of Object.entries(value)) if (!name.startsWith('$')) visit(inner);
  };
  visit(root);
  return all;
}

interface Written {
  /** `type.attribute` */
  readonly attributes: Set<string>;
  readonly properties: Set<string>;
}

/** What an edit writes: of what it changes, and of the elements it makes. */
function note(edit: Edit, known: ReadonlySet<ModdleElement>, written: Written): void {
  const made = (value: unknown): void => {
    if (Array.isArray(value)) { value.forEach(made); return; }
    if (typeof value !== 'object' || value === null || !('$type' in value) || known.has(value as ModdleElement)) return;
    const element = value as ModdleElement;
    for (const [name, inner] of Object.entries(element)) {
      if (name.startsWith('$')) continue;
      written.attributes.add(`${element.$type}.${name}`);
      made(inner);
    }
    if (element.$type === 'zeebe:Property') written.properties.add(String(element.get('name')));
  };
  for (const { on, set } of edit) {
    for (const [name, value] of Object.entries(set)) {
      if (value === undefined || value === '') continue;
      written.attributes.add(`${on.$type}.${name}`);
      made(value);
    }
  }
}

/** Everything the panel can write into the model: each field is filled in, and what then appears is filled in as well. */
async function writtenByPanel(): Promise<Written> {
  const written: Written = { attributes: new Set(), properties: new Set() };
  const { definitions, moddle } = await read(EVERYTHING);
  const fieldsOf = (element: ModdleElement): Field[] => sectionsOf({ element, moddle, vocabulary: VOCABULARY }, (name) => [{ on: element, set: { name } }]).flatMap(({ fields }) => fields);
  const fill = (element: ModdleElement, depth: number, done: ReadonlySet<string>): void => {
    const now = fieldsOf(element).filter((field) => !done.has(field.key));
    for (const field of now) {
      for (const edit of entriesOf(field)) {
        const known = elementsIn(definitions);
        note(edit, known, written);
        if (depth === 0) continue;
        const back = applyEdit(edit);
        fill(element, depth - 1, new Set([...done, ...now.map(({ key }) => key)]));
        applyEdit(back);
      }
    }
  };
  for (const element of elementsIn(definitions)) if (SHOWN.test(element.$type)) fill(element, 3, new Set());
  return written;
}

/** What can be selected. */
const SHOWN = /^bpmn:(?:\w*Task|\w*Event|\w*Gateway|\w*SubProcess|Transaction|CallActivity|SequenceFlow|Process|Participant|Lane|DataStoreReference|Data(?:Input|Output)Association)$/;

describe('Designer: what the engine reads can be set in the panel', function () {
  this.timeout(30_000);
  let written: Written;
  before(async () => { written = await writtenByPanel(); });

  it('Each attribute of the extension elements that are executed has a field, or a line that says why not.', () => {
    const executed = executedExtensions();
    expect(executed).to.include.members(['gov:Sla.warnAt', 'zeebe:CalledElement.versionTag', 'zeebe:Input.source', 'zeebe:TaskListener.type', 'gov:Outcome.kind']);
    const missing = executed.filter((attribute) => !written.attributes.has(attribute) && !Object.hasOwn(EXTENSIONS_WITHOUT_FIELD, attribute));
    expect(missing, 'without a field').to.deep.equal([]);
    const stale = Object.keys(EXTENSIONS_WITHOUT_FIELD).filter((attribute) => written.attributes.has(attribute) || !executed.includes(attribute));
    expect(stale, 'named as without a field').to.deep.equal([]);
  });

  it('Each attribute of BPMN itself that the engine reads has a field, or a line that says why not.', () => {
    const byPanel = new Set([...written.attributes].filter((attribute) => attribute.startsWith('bpmn:')).map((attribute) => attribute.slice(attribute.indexOf('.') + 1)));
    const readByEngine = attributesOf('Element');
    expect(readByEngine).to.include.members(['loopCardinality', 'signalRef', 'isInterrupting', 'capacity']);
    expect(readByEngine.filter((name) => !byPanel.has(name) && !Object.hasOwn(ELEMENTS_WITHOUT_FIELD, name)), 'without a field').to.deep.equal([]);
    expect(Object.keys(ELEMENTS_WITHOUT_FIELD).filter((name) => !readByEngine.includes(name)), 'named, and not read').to.deep.equal([]);
  });

  it('Each property that is looked up by its name can be written.', () => {
    const named = namedProperties();
    expect(named).to.include.members(['calendar', 'group', 'key', 'scope']);
    expect(named.filter((name) => !written.properties.has(name))).to.deep.equal([]);
  });

  it('What marks an element by being there can be put there and taken away.', () => {
    expect([...written.attributes].filter((attribute) => attribute.startsWith('bpmn:ExtensionElements.'))).to.deep.equal(['bpmn:ExtensionElements.values']);
    expect(written.attributes.has('bpmn:ManualTask.extensionElements')).to.equal(true);
  });
});
