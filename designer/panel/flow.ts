/** The sections of what leads: sequence flows, gateways, lanes, and the procedure itself. */
import { born, expression, setExtension, setProperty } from '../model/edit.ts';
import type { Edit } from '../model/edit.ts';
import { elementOf, extensionOf, idOf, listOf, textOf } from '../model/moddle.ts';
import type { ModdleElement } from '../model/moddle.ts';
import { flowName } from '../model/findings.ts';
import { propertyOf, registerOf } from '../model/references.ts';
import { asFeel } from './feel.ts';
import { choicesOf } from './fields.ts';
import type { Field, Section, Subject } from './fields.ts';

/** The gateways that choose by conditions; activities choose, too, by the conditions of what leaves them (8.4.13). */
const CHOOSING = ['bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway', 'bpmn:ComplexGateway'];
const WITHOUT_CONDITION = ['BPMN_BRANCH_WITHOUT_CONDITION'];

/** The condition of a branch, and whether it is the one taken when no other is. */
export function flowSection({ element, moddle }: Subject): Section[] {
  const source = elementOf(element, 'sourceRef');
  if (source === undefined) return [];
  const atActivity = source.$instanceOf('bpmn:Activity');
  if (!atActivity && (!CHOOSING.includes(source.$type) || listOf(source, 'outgoing').length < 2)) return [];
  const isDefault = elementOf(source, 'default') === element;
  const condition = textOf(elementOf(element, 'conditionExpression'), 'body');
  const fields: Field[] = [{
    kind: 'check', key: 'default', label: 'Taken when no other branch is', value: isDefault,
    write: (value) => (value ? [{ on: source, set: { default: element } }, { on: element, set: { conditionExpression: undefined } }] : [{ on: source, set: { default: undefined } }]),
  }];
  if (!isDefault) {
    fields.push({
      kind: 'text', key: 'condition', label: 'Condition (FEEL)', value: condition, feel: 'always', lines: 3, codes: WITHOUT_CONDITION, hint: atActivity ? 'For example amount > 100. Empty: it is always taken.' : 'For example amount > 100, or outcome = "approve".',
      write: (value) => [{ on: element, set: { conditionExpression: expression(moddle, asFeel(value), element) } }],
    });
  }
  return [{ key: 'branch', title: 'Branch', closed: atActivity && condition === '' && !isDefault, fields }];
}

/** All branches of a gateway in one place. */
function branchesSection({ element, moddle }: Subject): Section[] {
  const flows = listOf(element, 'outgoing');
  if (!CHOOSING.includes(element.$type) || flows.length < 2) return [];
  const chosen = elementOf(element, 'default');
  const goal = (flow: ModdleElement): string => [textOf(flow, 'name'), titleOf(elementOf(flow, 'targetRef') ?? flow)].filter((text) => text !== '').join(' → ');
  return [{
    key: 'branches', title: 'Branches', fields: [
      ...flows.filter((flow) => flow !== chosen).map((flow): Field => ({
        kind: 'text', key: `condition-${idOf(flow)}`, label: goal(flow), hint: 'Condition (FEEL)', value: textOf(elementOf(flow, 'conditionExpression'), 'body'), feel: 'always', lines: 2,
        write: (value) => [{ on: flow, set: { conditionExpression: expression(moddle, asFeel(value), flow) } }],
      })),
      {
        kind: 'choice', key: 'otherwise', label: 'When none is true', value: chosen === undefined ? '' : idOf(chosen), codes: ['BPMN_GATEWAY_WITHOUT_DEFAULT'],
        choices: [{ value: '', label: 'The case stops with an incident' }, ...flows.map((flow) => ({ value: idOf(flow), label: goal(flow) }))],
        write: (id) => {
          const flow = flows.find((each) => idOf(each) === id);
          return [{ on: element, set: { default: flow } }, ...(flow === undefined ? [] : [{ on: flow, set: { conditionExpression: undefined } }])];
        },
      },
    ],
  }];
}

/** What a gateway waits for, and how it chooses. */
export function gatewaySections(subject: Subject): Section[] {
  const { element, moddle } = subject;
  const activation: Field[] = element.$type !== 'bpmn:ComplexGateway' ? [] : [{
    kind: 'text', key: 'activation', label: 'Goes on when (FEEL)', value: textOf(elementOf(element, 'activationCondition'), 'body'), feel: 'always', lines: 2, codes: ['BPMN_ACTIVATION_MISSING'],
    hint: 'activationCount is how many paths have arrived. For example activationCount >= 2.', write: (value) => [{ on: element, set: { activationCondition: expression(moddle, asFeel(value), element) } }],
  }];
  const starts: Field[] = element.$type !== 'bpmn:EventBasedGateway' ? [] : [startsField(element), ...(element.get('instantiate') !== true ? [] : [{
    kind: 'choice', key: 'eventGatewayType', label: 'The case needs', value: textOf(element, 'eventGatewayType') || 'Exclusive', choices: [{ value: 'Exclusive', label: 'The first of its events only' }, { value: 'Parallel', label: 'All of its events' }], codes: ['BPMN_EVENT_GATEWAY_PARALLEL'],
    write: (value: string) => [{ on: element, set: { eventGatewayType: value === 'Exclusive' ? undefined : value } }],
  } satisfies Field])];
  const fields = [...activation, ...starts];
  return [...(fields.length === 0 ? [] : [{ key: 'gateway', title: 'Gateway', fields }]), ...branchesSection(subject)];
}

/** Of a receive task or an event-based gateway that nothing leads to. */
export function startsField(element: ModdleElement): Field {
  return {
    kind: 'check', key: 'instantiate', label: 'A case begins here', hint: 'By the message it waits for; nothing may lead to it.', value: element.get('instantiate') === true, codes: ['BPMN_INSTANTIATE_PLACE', 'BPMN_INSTANTIATE_TRIGGER'],
    // A gateway that starts nothing needs the first of its events only.
    write: (value) => [{ on: element, set: { instantiate: value, ...(!value && element.$type === 'bpmn:EventBasedGateway' && { eventGatewayType: undefined }) } }],
  };
}

/** A lane or pool stands for a unit or post. */
export function laneSection({ element, moddle, vocabulary }: Subject): Section {
  return {
    key: 'lane', title: 'People', fields: [{
      kind: 'text', key: 'group', label: element.$type === 'bpmn:Participant' ? 'Agency' : 'Unit, post or group', value: propertyOf(element, 'group'), suggestions: choicesOf(vocabulary.groups),
      hint: element.$type === 'bpmn:Participant' ? 'Whose procedure it is.' : 'Its officers are offered the tasks of this lane. Empty: the name of the lane.',
      write: (value) => setProperty(moddle, element, 'group', value.trim()),
    }],
  };
}

export function processSections({ element, moddle, vocabulary }: Subject): Section[] {
  const procedure = extensionOf(element, 'gov:Procedure');
  const set = (name: string) => (value: string): Edit => setExtension(moddle, element, 'gov:Procedure', { [name]: value.trim() });
  const text = (key: string, label: string, hint?: string): Field => ({ kind: 'text', key, label, value: textOf(procedure, key), write: set(key), ...(hint !== undefined && { hint }) });
  const starters = textOf(extensionOf(element, 'gov:Starters'), 'groups').split(',').map((id) => id.trim()).filter((id) => id !== '');
  const unknown = starters.filter((id) => !vocabulary.groups.some((group) => group.id === id)).map((id) => ({ value: id, label: `${id} (not known here)` }));
  return [
    {
      key: 'starters', title: 'Who may begin a case', fields: [{
        kind: 'check', key: 'executable', label: 'Cases can be begun', hint: 'Without it the procedure is a drawing only.', value: element.get('isExecutable') !== false, codes: ['BPMN_NOTHING_EXECUTABLE'],
        write: (value) => [{ on: element, set: { isExecutable: value } }],
      }, {
        kind: 'many', key: 'starters', label: 'Groups', hint: 'Nobody chosen: every officer.', value: starters, choices: [...choicesOf(vocabulary.groups), ...unknown], empty: 'There are no groups yet.',
        write: (ids) => setExtension(moddle, element, 'gov:Starters', { groups: ids.join(', ') }),
      }],
    },
    {
      key: 'procedure', title: 'File plan and law', closed: procedure === undefined, fields: [
        text('publicName', 'Name for the public'), text('fileSeries', 'File series'), text('recordClass', 'Record class'), text('retention', 'Kept for'), text('legalBasis', 'Legal basis'),
      ],
    },
    {
      key: 'forms', title: 'Forms', closed: true, fields: [{ kind: 'note', key: 'forms', text: vocabulary.forms.length === 0 ? 'No forms are deployed with this procedure yet.' : `Deployed with this procedure: ${vocabulary.forms.map(({ id }) => id).join(', ')}` }],
    },
    {
      key: 'version', title: 'Version tag', closed: true, fields: [{
        kind: 'text', key: 'tag', label: 'Version tag', hint: 'A name of your own for this version, besides its number. Other procedures can call the version by it.', value: textOf(extensionOf(element, 'zeebe:VersionTag'), 'value'),
        write: (value) => setExtension(moddle, element, 'zeebe:VersionTag', { value: value.trim() }),
      }],
    },
  ];
}

/** bpmn:documentation, the first of them. */
export function documentationField({ element, moddle }: Subject): Field {
  const [first, ...others] = listOf(element, 'documentation');
  return {
    kind: 'text', key: 'documentation', label: 'Description', value: textOf(first, 'text'), lines: 3, hint: 'What an officer should know here.',
    write: (value) => [{ on: element, set: { documentation: [...(value.trim() === '' ? [] : [born(moddle, 'bpmn:Documentation', { text: value.trim() }, element)]), ...others] } }],
  };
}

/** How the panel heads an element without a name. */
export function titleOf(element: ModdleElement): string {
  if (element.$type === 'bpmn:DataStoreReference') return registerOf(element);
  return (element.$type === 'bpmn:SequenceFlow' ? flowName(element) : textOf(element, 'name')) || idOf(element);
}
