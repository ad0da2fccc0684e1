/** Tasks that pass a token on by themselves: task and manual task (BPMN 2.0.2, 13.3.3): the engine neither does nor watches the work. */
import type { Behaviour } from '../execution/decision.ts';

export const task: Behaviour = {
  activate(decision, _node, self) {
    decision.follow({ do: 'complete', id: self.id });
  },
};
