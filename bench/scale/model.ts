/** The procedure of the size benchmarks: a task for some groups with a due date, then a second task; and one that waits for a timer. */

/** Who starts cases and does their tasks. */
export const CLERK = 'clerk';
/** Groups that tasks are offered to; every task is offered to two of them. */
export const GROUPS = 50;
/** A group that is offered one task of a hundred thousand. */
export const RARE = 'rare';
const RARE_EVERY = 100_000;
export const META = { actor: { person: CLERK, groups: [RARE, ...Array.from({ length: GROUPS }, (_, number) => groupNamed(number))] } };
const DAY_MS = 86_400_000;
/** Due dates lie from ten days ago to twenty days ahead. */
const DUE_DAYS = { from: -10, to: 20 };

export const MODEL = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="scale" targetNamespace="urn:bench">
  <bpmn:process id="paper" name="Paper" isExecutable="true">
    <bpmn:startEvent id="start" />
    <bpmn:userTask id="check" name="Check"><bpmn:extensionElements><zeebe:userTask /><zeebe:assignmentDefinition candidateGroups="=groups" /><zeebe:taskSchedule dueDate="=due" /></bpmn:extensionElements></bpmn:userTask>
    <bpmn:userTask id="approve" name="Approve"><bpmn:extensionElements><zeebe:userTask /><zeebe:assignmentDefinition candidateGroups="=groups" /><zeebe:taskSchedule dueDate="=due" /></bpmn:extensionElements></bpmn:userTask>
    <bpmn:endEvent id="end" />
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="check" /><bpmn:sequenceFlow id="f2" sourceRef="check" targetRef="approve" /><bpmn:sequenceFlow id="f3" sourceRef="approve" targetRef="end" />
  </bpmn:process>
  <bpmn:process id="reminder" name="Reminder" isExecutable="true">
    <bpmn:startEvent id="begin" />
    <bpmn:intermediateCatchEvent id="wait"><bpmn:timerEventDefinition id="timer"><bpmn:timeDuration>=wait</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>
    <bpmn:endEvent id="over" />
    <bpmn:sequenceFlow id="g1" sourceRef="begin" targetRef="wait" /><bpmn:sequenceFlow id="g2" sourceRef="wait" targetRef="over" />
  </bpmn:process>
</bpmn:definitions>`;

export function groupNamed(number: number): string {
  return `unit-${String(number)}`;
}

/** Numbers that look random and are the same in every run (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Variables of the `number`-th case. */
export function variablesOf(number: number, random: () => number): Readonly<Record<string, unknown>> {
  const group = (): string => groupNamed(Math.floor(random() * GROUPS));
  const days = DUE_DAYS.from + random() * (DUE_DAYS.to - DUE_DAYS.from);
  return {
    groups: number % RARE_EVERY === 0 ? [RARE] : [group(), group()], due: new Date(Date.now() + days * DAY_MS).toISOString(),
    amount: 1250 + (number % 1_000), purpose: 'office furniture', vote: '21-101',
  };
}
