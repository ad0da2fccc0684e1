/** Messages and signals to waiting cases (BPMN 2.0.2, 10.5.1, message correlation, and 10.5.5, signals), and conditions that start cases (10.5.2). */
import { z } from 'zod';
import { Position, VariablesIn } from './common.ts';
import { defineRoute } from './route.ts';

const Published = z.object({ position: Position, replayed: z.boolean() });

export const publishMessage = defineRoute({
  operationId: 'publishMessage', method: 'post', path: '/api/v1/messages', area: 'messages', access: 'send-message',
  summary: 'Publish a message; it goes to the case that waits for its name and key, or waits itself until its time to live is over.',
  description: 'correlationKey: the value of zeebe:subscription or of the one property of a correlation key; of a key with several properties the JSON list of their values as texts, in its order, such as ["7","north"].',
  body: z.strictObject({
    name: z.string().min(1).max(200), correlationKey: z.string().min(1).max(200).optional(), variables: VariablesIn.default({}),
    messageId: z.string().min(1).max(200).optional(),
    timeToLive: z.string().regex(/^P(?=.)(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/, 'An ISO 8601 duration such as PT1H.').optional(),
  }),
  responses: { 200: Published, 202: Published },
});

export const broadcastSignal = defineRoute({
  operationId: 'broadcastSignal', method: 'post', path: '/api/v1/signals', area: 'messages', access: 'send-message',
  summary: 'Broadcast a signal; it reaches every case that waits for its name now, starts what it starts, and is not kept.',
  body: z.strictObject({ name: z.string().min(1).max(200), variables: VariablesIn.default({}), signalId: z.string().min(1).max(200).optional() }),
  responses: { 200: Published, 202: Published },
});

const Evaluated = Published.extend({
  started: z.array(z.object({ processId: z.string(), version: z.number().int(), startElementId: z.string(), instanceId: z.string() })),
});

export const evaluateConditions = defineRoute({
  operationId: 'evaluateConditions', method: 'post', path: '/api/v1/conditions', area: 'messages', access: 'send-message',
  summary: 'Evaluate the conditional start events of all processes with these variables; every one that is true starts a case of the latest version.',
  description: 'A condition is looked at when one of the variables it reads is brought; null is not true. The evaluation is recorded, also when nothing is true. started: the cases that are asked for; a condition that is one of several triggers which must all happen is kept for them instead.',
  body: z.strictObject({ variables: VariablesIn, businessKey: z.string().min(1).max(200).optional() }),
  responses: { 200: Evaluated, 202: Evaluated },
});

export const MESSAGE_ROUTES = [publishMessage, broadcastSignal, evaluateConditions];
