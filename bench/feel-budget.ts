// What the dearest expressions cost within the budget of an evaluation: processor time until FEEL_BUDGET stops them, by kind. docs/feel.md keeps the figures.
// `node bench/feel-budget.ts [PART OF A KIND] [STEPS]`.

import { compileDmn, compileFeel, evaluateDecision } from '../engine/index.ts';
import { CLOCK, KINDS, numbers, VARIABLES } from './feel-kinds.ts';

/** The budget of a decision that a case calls. */
const STEPS = Number(process.argv[3] ?? 250_000);

const TABLE = `<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="m" name="m" namespace="urn:m">
<decision id="table" name="table"><variable name="table"/><informationRequirement><requiredDecision href="#again"/></informationRequirement><literalExpression><text>again</text></literalExpression></decision>
<inputData id="v" name="v"><variable name="v"/></inputData>
<businessKnowledgeModel id="rules" name="rules"><variable name="rules"/><encapsulatedLogic><formalParameter name="n"/><decisionTable hitPolicy="COLLECT"><input id="i1"><inputExpression><text>n</text></inputExpression></input><output id="o1"/>
${numbers(1_000, (at) => `<rule><inputEntry><text>&gt; ${String(at)} + 1</text></inputEntry><outputEntry><text>n + ${String(at)}</text></outputEntry></rule>`).join('')}</decisionTable></encapsulatedLogic></businessKnowledgeModel>
<decision id="again" name="again"><variable name="again"/><informationRequirement><requiredInput href="#v"/></informationRequirement><knowledgeRequirement><requiredKnowledge href="#rules"/></knowledgeRequirement><literalExpression><text>for i in 1..1000000000 return rules(i)</text></literalExpression></decision>
</definitions>`;

interface Measured {
  readonly kind: string;
  readonly ms: number;
  readonly outcome: string;
}

function timed(kind: string, call: () => unknown): Measured {
  const begin = process.cpuUsage();
  let outcome = 'answered';
  try {
    call();
  } catch (error) {
    outcome = (error as { code?: string }).code ?? String(error);
  }
  const { user, system } = process.cpuUsage(begin);
  return { kind, ms: (user + system) / 1_000, outcome };
}

function measure([kind, source]: readonly [string, string]): Measured {
  const compiled = compileFeel(source, { steps: STEPS, names: ['key  5'] });
  if ('code' in compiled) throw new Error(`${kind}: ${compiled.message}`);
  return timed(kind, () => compiled.evaluate({ get: (name) => VARIABLES[name] }, CLOCK));
}

async function measureTable(): Promise<Measured> {
  const model = await compileDmn(TABLE);
  if (Array.isArray(model)) throw new Error(JSON.stringify(model));
  return timed('a decision table of 1,000 rules', () => evaluateDecision(model, 'table', { v: 1 }, CLOCK, STEPS));
}

const wanted = process.argv[2] === '' ? undefined : process.argv[2];
const rows = KINDS.filter(([kind]) => wanted === undefined || kind.includes(wanted)).map((kind) => () => Promise.resolve(measure(kind)));
if (wanted === undefined) rows.push(measureTable);
for (const row of rows) {
  const { kind, ms, outcome } = await row();
  console.log(`${ms.toFixed(0).padStart(7)} ms  ${kind}${outcome === 'FEEL_BUDGET' ? '' : `  (${outcome})`}`);
}
