/** The engine in the browser, beside the page so that drawing never waits for it: checks models and expressions. */
import { compileFeel, lint, lossesBetween } from '../engine/index.ts';
import type { EngineAnswer, EngineQuestion } from './engine-client.ts';

addEventListener('message', (event: MessageEvent<EngineQuestion>) => {
  const { number, question } = event.data;
  void answer(question).then((value) => { postMessage({ number, value } satisfies EngineAnswer); });
});

async function answer(question: EngineQuestion['question']): Promise<EngineAnswer['value']> {
  if (question.kind === 'model') return { kind: 'model', report: await lint(question.xml, { decisions: new Set(question.decisions) }) };
  if (question.kind === 'losses') return { kind: 'losses', losses: lossesBetween(question.before, question.after) };
  const compiled = compileFeel(question.source);
  if ('evaluate' in compiled) return { kind: 'feel', problem: compiled.unknownFunctions.length === 0 ? undefined : { message: `Expected functions that exist, but nobody provides ${compiled.unknownFunctions.join(', ')}`, hint: 'Variables cannot be called.', from: 0 } };
  const { message, hint, position } = compiled;
  return { kind: 'feel', problem: { message, hint, from: position.from } };
}
