/** The exchange of letters between agencies as sealed envelopes: the jobs `exchange-dispatch` and `exchange-accept`. */
import type { JobHandler } from '../ports/job-handler.ts';
import type { Runtime } from '../runtime/types.ts';
import { exchangeAccept } from './accept.ts';
import type { AcceptNeeds } from './accept.ts';
import { exchangeDispatch } from './dispatch.ts';
import type { DispatchNeeds } from './dispatch.ts';
import { EXCHANGE_PRIVATE_FIELDS } from './events.ts';

export { EXCHANGE_PRIVATE_FIELDS };

/** `runtime`: asked when it runs, because it is made with these handlers. */
export type ExchangeNeeds = Omit<DispatchNeeds & AcceptNeeds, 'runtime'> & { readonly runtime: () => Pick<Runtime, 'change'> };

export function exchangeJobs({ runtime, ...needs }: ExchangeNeeds): readonly JobHandler[] {
  const late: Pick<Runtime, 'change'> = { change: (...request) => runtime().change(...request) };
  return [exchangeDispatch({ ...needs, runtime: late }), exchangeAccept({ ...needs, runtime: late })];
}
