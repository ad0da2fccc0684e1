/** Which behaviour runs which flow node type: the one table that knows all elements. */
import type { Behaviour, Behaviours } from '../execution/decision.ts';
import { adHocSubProcess } from './ad-hoc-sub-process.ts';
import { businessRuleTask } from './business-rule-task.ts';
import { callActivity } from './call-activity.ts';
import { complexGateway } from './complex-gateway.ts';
import { eventBasedGateway } from './event-based-gateway.ts';
import { boundaryEvent, endEvent, intermediateCatchEvent, intermediateThrowEvent, startEvent } from './events.ts';
import { exclusiveGateway } from './exclusive-gateway.ts';
import { inclusiveGateway } from './inclusive-gateway.ts';
import { parallelGateway } from './parallel-gateway.ts';
import { receiveTask } from './receive-task.ts';
import { scriptTask } from './script-task.ts';
import { sendTask } from './send-task.ts';
import { serviceTask } from './service-task.ts';
import { subProcess } from './sub-process.ts';
import { task } from './task.ts';
import { userTask } from './user-task.ts';

/** Done on paper: the token passes on, or waits until somebody confirms that it is done (zeebe:userTask). */
const manualTask: Behaviour = {
  activate(decision, node, self) {
    (node.userTask ? userTask : task).activate(decision, node, self);
  },
};

export const BEHAVIOURS: Behaviours = {
  startEvent, endEvent, intermediateCatchEvent, intermediateThrowEvent, boundaryEvent,
  task, manualTask, userTask, serviceTask, scriptTask, sendTask, receiveTask,
  exclusiveGateway, parallelGateway, inclusiveGateway, complexGateway, eventBasedGateway,
  subProcess, transaction: subProcess, adHocSubProcess, callActivity, businessRuleTask,
};
