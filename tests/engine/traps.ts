/**
 * Where it is shown that the traps engines fall into are avoided (32 of them, from the issues of other engines), and that the twenty workflow
 * patterns run: for each number its tests. traps.test.ts joins this list with the tests themselves, both ways.
 */

/** A file under tests/engine without `.test.ts`, and a title in it. */
export type ProvenBy = readonly [file: string, title: string];

export interface Proven {
  readonly rule: string;
  readonly tests: readonly ProvenBy[];
}

export const TRAPS: Readonly<Record<number, Proven>> = {
  1: {
    rule: 'Inclusive join: fires when no token elsewhere can still come, looked at again after every move of a token',
    tests: [
      ['elements/inclusive-gateway', 'A token that ends elsewhere releases the join (trap 1)'],
      ['elements/inclusive-gateway', 'It fires without a new arrival when the other token has gone where it cannot come from (trap 1)'],
    ],
  },
  2: {
    rule: 'Join in a loop: one token from each incoming flow, surplus stays',
    tests: [
      ['elements/gateways', 'A join in a loop needs new tokens in each pass (trap 2)'],
      ['elements/gateways', 'A joining parallel gateway counts flows, not tokens: surplus tokens stay (trap 2)'],
    ],
  },
  3: {
    rule: 'Parallel join: waits although a branch went another way',
    tests: [
      ['elements/gateways', 'A join waits when the branch before it went another way (trap 3)'],
    ],
  },
  4: {
    rule: 'Exclusive merge: each token passes at once',
    tests: [
      ['elements/gateways', 'A merging exclusive gateway passes each token on at once (trap 4)'],
    ],
  },
  5: {
    rule: 'Cycles: n-th firing at start + n intervals while the activity lives; a duration fires once',
    tests: [
      ['event-definitions/timer', 'A non-interrupting duration fires once and leaves its activity alone (trap 5)'],
      ['event-definitions/timer', 'R4/PT10S cancelled at 25 has fired twice (trap 5)'],
      ['event-definitions/timer', 'R4/PT10S fires at 10, 20, 30 and 40 exactly, while the activity lives (trap 5)'],
    ],
  },
  6: {
    rule: 'Timers are data in the log: lost nowhere, fired once',
    tests: [
      ['event-definitions/timer', 'A crash between firing and commit loses nothing and doubles nothing: the due time is in the log, the timer fires once (trap 6)'],
    ],
  },
  7: {
    rule: 'Daylight saving: days in the named zone, hours elapsed; a gap ends at its end, an overlap counts once',
    tests: [
      ['event-definitions/timer', 'A day over the change of clocks has 23 or 25 hours; what falls into the gap is due at its end, what comes twice once (trap 7)'],
      ['event-definitions/timer', 'Days are calendar time in the named zone, hours are elapsed time (trap 7)'],
    ],
  },
  8: {
    rule: 'Event sub-process: armed with its scope, interrupts once, disarms the others, the scope goes on',
    tests: [
      ['elements/event-sub-process', 'An interrupting one disarms all others, and cannot be started twice (trap 8)'],
      ['elements/event-sub-process', 'Tokens that wait at a join are gone when an error event sub-process takes over, and the parent goes on (trap 8)'],
      ['elements/event-sub-process', 'Where an interrupting event sub-process has taken over no other is started, not by what it throws either (trap 8)'],
    ],
  },
  9: {
    rule: 'Each occurrence of an event sub-process has its own data',
    tests: [
      ['elements/event-sub-process', 'Each occurrence has its own data: two messages make two instances with what each brought (trap 9)'],
    ],
  },
  10: {
    rule: 'Compensation in reverse order of completion, one after the other',
    tests: [
      ['elements/compensation', 'Only what has completed is undone, and each only once (trap 10)'],
      ['elements/compensation', 'What has completed is undone in the reverse order of completion, one after the other (trap 10)'],
    ],
  },
  11: {
    rule: 'Compensation reads the data as it was',
    tests: [
      ['elements/compensation', 'A handler reads the data as it was when its activity completed (trap 11)'],
      ['elements/compensation', 'Each instance of a multi-instance activity is undone, the last completed first, with its own data (traps 11 and 12)'],
    ],
  },
  12: {
    rule: 'Compensation reaches through nested scopes, multi-instance and called cases',
    tests: [
      ['elements/compensation', 'A called case that has completed undoes itself when its caller asks, and the caller waits for it (trap 12)'],
      ['elements/compensation', 'A completed sub-process is undone by undoing what completed inside it (trap 12)'],
      ['elements/compensation', 'Each instance of a multi-instance activity is undone, the last completed first, with its own data (traps 11 and 12)'],
    ],
  },
  13: {
    rule: 'A terminate end event ends its own scope only',
    tests: [
      ['elements/loops', 'A terminate end event inside ends its own instance only (trap 13)'],
      ['elements/sub-process', 'A terminate end event ends its own sub-process only; the parent goes on (trap 13)'],
    ],
  },
  14: {
    rule: 'Boundary events belong to the multi-instance activity as a whole',
    tests: [
      ['elements/loops', 'A boundary event belongs to the activity as a whole: one interruption ends all instances (trap 14)'],
      ['elements/loops', 'An error of one instance is caught on the activity as a whole (trap 14)'],
    ],
  },
  15: {
    rule: 'Multi-instance of many items and of none',
    tests: [
      ['elements/loops', 'A hundred thousand items take work in proportion (trap 15), and the state survives saving in between'],
      ['elements/loops', 'No items: it completes at once (trap 15)'],
    ],
  },
  16: {
    rule: 'An error is caught once, by the nearest that names its code',
    tests: [
      ['event-definitions/error', 'An exact code goes before a catch-all on the same activity (trap 16)'],
      ['event-definitions/error', 'The nearest activity that catches the code catches it, and only it (trap 16)'],
      ['event-definitions/error', 'The same ids in caller and child do not confuse where an error is caught (trap 16)'],
    ],
  },
  17: {
    rule: 'An escalation that nothing catches changes nothing',
    tests: [
      ['event-definitions/escalation', 'An escalation that nothing catches changes nothing: the flow goes on (trap 17)'],
    ],
  },
  18: {
    rule: 'A message reaches at most one case of a process, once',
    tests: [
      ['correlation/correlation', 'A message is offered to the oldest subscription of each process, and to no other (trap 18)'],
      ['correlation/correlation', 'One message goes to one case of a process, also when that case waits again (trap 18)'],
      ['correlation/correlation', 'One message is consumed by one catch event of a case, not by the next one too (trap 18)'],
      ['correlation/correlation', 'One message published once reaches the older of two waiting cases, never both (trap 18)'],
    ],
  },
  19: {
    rule: 'A message that comes early is kept, its id remembered for ever',
    tests: [
      ['correlation/correlation', 'A message that came before the case waits for it is taken when it does (trap 19)'],
      ['correlation/correlation', 'A message that nobody waits for is kept until somebody does (trap 19)'],
      ['correlation/correlation', 'The id of a message is remembered for ever, not only while it is kept (trap 19)'],
    ],
  },
  20: {
    rule: 'One key starts one case',
    tests: [
      ['definitions/definition', 'The same key starts one case and gives the same id (trap 20)'],
    ],
  },
  21: {
    rule: 'Boundary event against completion: the first in the log wins',
    tests: [
      ['elements/gateways', 'Of two events in the same tick the first in the log wins and the other is refused, in both orders (traps 21 and 22)'],
      ['event-definitions/timer', 'Timer and completion in the same tick: the first in the log wins, never both (trap 21)'],
    ],
  },
  22: {
    rule: 'Event-based gateway: one winner, the others are disarmed with it',
    tests: [
      ['elements/gateways', 'Of two events in the same tick the first in the log wins and the other is refused, in both orders (traps 21 and 22)'],
    ],
  },
  23: {
    rule: 'A condition fires for each false to true',
    tests: [
      ['event-definitions/conditional', 'A condition that is true when it is armed fires at once (trap 23)'],
      ['event-definitions/conditional', 'It fires once for each false to true, not for each writing (trap 23)'],
    ],
  },
  24: {
    rule: 'Migration: what is new is armed, what has fired stays fired, all or nothing',
    tests: [
      ['execution/migration', 'A boundary event that is new is armed and counts from when its activity began; one that is gone is disarmed (trap 24)'],
      ['execution/migration', 'What has fired stays fired: a timer does not happen a second time (trap 24)'],
    ],
  },
  25: {
    rule: 'Variables are written where they are declared; at a join the last in the log wins',
    tests: [
      ['execution/variables', 'Two branches that write the same name: the last in the log wins (trap 25)'],
      ['execution/variables', 'What a task brings is written to the nearest scope that has the name (trap 25)'],
    ],
  },
  26: {
    rule: 'A missing variable is an incident, never the default flow',
    tests: [
      ['elements/gateways', 'A condition that is null stops the case and names the variable, it never chooses the default flow (trap 26)'],
    ],
  },
  27: {
    rule: 'What failed is tried again, and nothing before it',
    tests: [
      ['elements/tasks', 'A failing condition after a task retries the condition only, not the task (trap 27)'],
    ],
  },
  28: {
    rule: 'Standard loop: while its condition is true, at most loopMaximum times',
    tests: [
      ['elements/loops', 'The activity repeats while the condition is true; without testBefore it runs at least once (trap 28)'],
      ['elements/loops', 'With testBefore the condition is asked first (trap 28)'],
      ['elements/loops', 'loopMaximum caps it (trap 28)'],
    ],
  },
  29: {
    rule: 'What is not executed is refused, by element and line',
    tests: [
      ['execution/refused', 'A model with ${name} is refused with its id and line (trap 29)'],
    ],
  },
  30: {
    rule: 'An incident does not lose the tokens that wait at a join',
    tests: [
      ['elements/complex-gateway', 'A condition that cannot be evaluated stops it where it waits; resolved, it is looked at again (trap 30)'],
      ['execution/incidents', 'An incident does not lose the tokens that wait at a join (trap 30)'],
    ],
  },
  31: {
    rule: 'An endless loop without a wait state is an incident',
    tests: [
      ['execution/turns', 'A loop without a wait state is stopped by an incident (trap 31)'],
    ],
  },
  32: {
    rule: 'The case ends with its last token; without start events every source starts',
    tests: [
      ['elements/events', 'A process ends when no token is left and no non-interrupting handler runs (trap 32)'],
      ['elements/events', 'A process without start events also begins at a catch event without incoming flow (trap 32)'],
      ['elements/events', 'A process without start events begins at every node without incoming flow (trap 32)'],
    ],
  },
};

/** By their numbers in van der Aalst and others, Workflow Patterns (2003). */
export const PATTERNS: Readonly<Record<number, Proven>> = {
  1: { rule: 'Sequence', tests: [['workflow-patterns', 'WCP1 Sequence: an activity begins when the one before it has completed']] },
  2: { rule: 'Parallel Split', tests: [['workflow-patterns', 'WCP2 Parallel Split: all branches begin together']] },
  3: { rule: 'Synchronization', tests: [['workflow-patterns', 'WCP3 Synchronization: what follows begins once, when all branches have completed']] },
  4: { rule: 'Exclusive Choice', tests: [['workflow-patterns', 'WCP4 Exclusive Choice: exactly one branch begins, chosen by data']] },
  5: { rule: 'Simple Merge', tests: [['workflow-patterns', 'WCP5 Simple Merge: alternative branches come together without waiting']] },
  6: { rule: 'Multi-Choice', tests: [['workflow-patterns', 'WCP6 Multi-Choice: every branch whose condition is true begins: by a gateway, by conditional flows, by a complex gateway']] },
  7: { rule: 'Synchronizing Merge', tests: [['workflow-patterns', 'WCP7 Synchronizing Merge: the branches that were chosen are awaited, and no others']] },
  8: { rule: 'Multi-Merge', tests: [['workflow-patterns', 'WCP8 Multi-Merge: what follows begins once for each branch']] },
  9: { rule: 'Discriminator', tests: [['workflow-patterns', 'WCP9 Discriminator: what follows begins with the first branch; the others change nothing, and the gateway is ready for the next round']] },
  10: { rule: 'Arbitrary Cycles', tests: [['workflow-patterns', 'WCP10 Arbitrary Cycles: a cycle may have more than one way in and out']] },
  11: { rule: 'Implicit Termination', tests: [['workflow-patterns', 'WCP11 Implicit Termination: the case ends when nothing is left to do, at whichever end']] },
  12: { rule: 'Multiple Instances without Synchronization', tests: [['workflow-patterns', 'WCP12 Multiple Instances without Synchronization: what follows begins for each instance as it completes']] },
  13: { rule: 'Multiple Instances with a priori Design-Time Knowledge', tests: [['workflow-patterns', 'WCP13 Multiple Instances with a priori Design-Time Knowledge: as many as the model says, then the case goes on']] },
  14: { rule: 'Multiple Instances with a priori Run-Time Knowledge', tests: [['workflow-patterns', 'WCP14 Multiple Instances with a priori Run-Time Knowledge: as many as the data says when it begins']] },
  15: { rule: 'Multiple Instances without a priori Run-Time Knowledge', tests: [['workflow-patterns', 'WCP15 Multiple Instances without a priori Run-Time Knowledge: instances are added while others run, until it is said to be enough']] },
  16: { rule: 'Deferred Choice', tests: [['workflow-patterns', 'WCP16 Deferred Choice: the first event chooses, the others are withdrawn']] },
  17: { rule: 'Interleaved Parallel Routing', tests: [['workflow-patterns', 'WCP17 Interleaved Parallel Routing: in any order, never two at once']] },
  18: { rule: 'Milestone', tests: [['workflow-patterns', 'WCP18 Milestone: an activity is offered only while the case has reached a point and not gone past it']] },
  19: { rule: 'Cancel Activity', tests: [['workflow-patterns', 'WCP19 Cancel Activity: an activity is withdrawn, and the case goes on']] },
  20: { rule: 'Cancel Case', tests: [['workflow-patterns', 'WCP20 Cancel Case: everything in it is withdrawn, from inside and from outside']] },
};
