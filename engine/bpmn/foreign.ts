/** Attributes and elements of other engines (BPMN 2.0.2, 8.3.3 extensibility): refused where they carry out something the engine would not do, noted where an equivalent stands next to them. */
import type { ForeignUse } from './lines.ts';
import type { Report } from './expressions.ts';
import type { Model } from './model.ts';
import { extension, localName } from './tree.ts';
import type { Element } from './tree.ts';

interface Equivalent {
  readonly names: readonly string[];
  /** The extension element that says the same. */
  readonly by: string;
  readonly instead: string;
}

const EQUIVALENTS: readonly Equivalent[] = [
  { names: ['assignee', 'candidateUsers', 'candidateGroups'], by: 'zeebe:AssignmentDefinition', instead: 'Use zeebe:assignmentDefinition.' },
  { names: ['dueDate', 'followUpDate', 'businessCalendarName'], by: 'zeebe:TaskSchedule', instead: 'Use zeebe:taskSchedule.' },
  { names: ['priority'], by: 'zeebe:PriorityDefinition', instead: 'Use zeebe:priorityDefinition.' },
  { names: ['formKey', 'formRef', 'formRefBinding', 'formRefVersion', 'formHandlerClass', 'formData', 'formProperty', 'formFieldValidation'], by: 'zeebe:FormDefinition', instead: 'Use zeebe:formDefinition with a form of its own.' },
  { names: ['class', 'delegateExpression', 'expression', 'type', 'topic', 'connector', 'resultVariable', 'resultVariableName', 'field'], by: 'zeebe:TaskDefinition', instead: 'Use zeebe:taskDefinition and let a worker do the job.' },
  { names: ['inputOutput'], by: 'zeebe:IoMapping', instead: 'Use zeebe:ioMapping.' },
  { names: ['in', 'out', 'calledElementBinding', 'calledElementVersion', 'calledElementVersionTag', 'calledElementTenantId', 'businessKey', 'inheritVariables'], by: 'zeebe:CalledElement', instead: 'Use zeebe:calledElement and zeebe:ioMapping.' },
  { names: ['candidateStarterGroups', 'candidateStarterUsers'], by: 'gov:Starters', instead: 'Use gov:starters groups.' },
  { names: ['versionTag'], by: 'zeebe:VersionTag', instead: 'Use zeebe:versionTag.' },
  { names: ['properties', 'property'], by: 'zeebe:Properties', instead: 'Use zeebe:properties.' },
];

/** Without effect on what a case does. */
const DESCRIPTIVE = new Set(['historyTimeToLive', 'isStartableInTasklist', 'asyncBefore', 'asyncAfter', 'async', 'exclusive', 'jobPriority', 'failedJobRetryTimeCycle', 'diagramRelationId', 'modelerTemplate', 'modelerTemplateVersion', 'modelerTemplateIcon', 'initiator', 'properties', 'property', 'versionTag', 'taskPriority', 'isExecutable']);

const BY_NAME = new Map(EQUIVALENTS.flatMap((row) => row.names.map((name) => [name, row] as const)));

/** Reports what other engines would read in executed processes. */
export function refuseForeign(model: Model, report: Report): void {
  if (model.file.foreign.length === 0) return;
  const elements = executedElements(model);
  for (const use of model.file.foreign) {
    const element = elements.get(use.elementId);
    if (element !== undefined) refuseUse(use, element, report);
  }
}

function refuseUse(use: ForeignUse, element: Element, report: Report): void {
  const local = use.name.slice(use.name.indexOf(':') + 1);
  const row = BY_NAME.get(local);
  const at = { id: use.elementId, line: use.line };
  const present = row !== undefined && extension(element, row.by) !== undefined;
  if (present || DESCRIPTIVE.has(local)) {
    report('BPMN_FOREIGN_KEPT', at, { name: use.name, instead: present ? `It is kept; ${row.by.slice(0, row.by.indexOf(":") + 1)}${localName(row.by)} counts.` : 'It is kept in the file and changes nothing.' });
  } else {
    report('BPMN_FOREIGN_NOT_EXECUTED', at, { name: use.name, instead: row?.instead ?? 'Remove it, or draw what it does as a service task.' });
  }
}

/** Everything with an id that is executed: processes, their nodes, flows and lanes, and what is shared by all processes of the file. */
function executedElements(model: Model): ReadonlyMap<string, Element> {
  const elements = new Map<string, Element>();
  const add = (element: Element): void => { if (element.id !== undefined) elements.set(element.id, element); };
  for (const root of model.file.definitions.rootElements ?? []) if (root.$type !== 'bpmn:Process') add(root);
  for (const process of model.processes) {
    if (!process.executed) continue;
    add(process.element);
    for (const node of process.nodes) {
      add(node.element);
      // Timers, loops and the like have ids of their own but are read with their node.
      for (const inner of [...(node.element.eventDefinitions ?? []), node.element.loopCharacteristics]) if (inner?.id !== undefined) elements.set(inner.id, node.element);
    }
    for (const scope of process.scopes) for (const flow of scope.flows) add(flow.element);
  }
  return elements;
}
