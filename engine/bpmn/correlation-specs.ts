/**
 * Correlation by keys of a collaboration (BPMN 2.0.2, 8.4.2): a message carries a key when each property of it has a retrieval expression
 * for that message; a process awaits it by its correlation subscription, which binds each property to its own data.
 */
import { feelOf } from './expressions.ts';
import type { Report } from './expressions.ts';
import type { CorrelationSpec, Expression } from './graph.ts';
import { placeOf } from './model.ts';
import type { Model, ModelNode, ModelProcess } from './model.ts';
import { bodyOf, extension } from './tree.ts';
import type { Element } from './tree.ts';

/** Keys stand on collaborations and conversations. */
function keysOf(model: Model): readonly Element[] {
  const roots = model.file.definitions.rootElements ?? [];
  return roots.flatMap((root) => [root, ...(root.conversations ?? [])]).flatMap(({ correlationKeys }) => correlationKeys ?? []);
}

function propertiesOf(key: Element): readonly Element[] {
  return (key.correlationPropertyRef ?? []) as readonly Element[];
}

function retrievalOf(property: Element, message: Element): Element | undefined {
  return property.correlationPropertyRetrievalExpression?.find(({ messageRef, messagePath }) => messageRef === message && bodyOf(messagePath) !== '')?.messagePath;
}

function bindingOf(subscription: Element, property: Element): Element | undefined {
  return subscription.correlationPropertyBinding?.find(({ correlationPropertyRef, dataPath }) => correlationPropertyRef === property && bodyOf(dataPath) !== '')?.dataPath;
}

function carries(message: Element, key: Element): boolean {
  const properties = propertiesOf(key);
  return properties.length > 0 && properties.every((property) => retrievalOf(property, message) !== undefined);
}

/** True when some message of the file carries all of the key. */
export function isCarried(model: Model, key: Element): boolean {
  return (model.file.definitions.rootElements ?? []).some((root) => root.$type === 'bpmn:Message' && carries(root, key));
}

/** True when some key of the file is carried by the message. */
export function carriesKey(model: Model, message: Element): boolean {
  return keysOf(model).some((key) => carries(message, key));
}

/** True when each property of the key it names is bound to data of the process. */
export function isBound(subscription: Element): boolean {
  const { correlationKeyRef } = subscription;
  return correlationKeyRef !== undefined && propertiesOf(correlationKeyRef).length > 0 && propertiesOf(correlationKeyRef).every((property) => bindingOf(subscription, property) !== undefined);
}

/** How `user` correlates the message; undefined without keys. Refuses with BPMN_CORRELATION_INVALID, BPMN_FEEL_INVALID, BPMN_EXPRESSION_LANGUAGE. */
export function correlationOf(model: Model, message: Element, user: ModelNode, report: Report): CorrelationSpec | undefined {
  const carried = keysOf(model).filter((key) => carries(message, key));
  const [key] = carried;
  if (key === undefined) return undefined;
  const { process } = user.scope;
  const subscription = subscriptionOf(process, key);
  const found = extension(message, 'zeebe:Subscription') !== undefined ? 'it has a zeebe:subscription besides'
    : carried.length > 1 ? `it carries ${String(carried.length)} keys`
      : subscription === undefined && awaits(user) ? `process ${process.id} awaits it without a correlation subscription` : undefined;
  if (found !== undefined) {
    report('BPMN_CORRELATION_INVALID', user, { message: message.name ?? '', found });
    return undefined;
  }
  const read = (path: Element | undefined, property: Element): readonly Expression[] => pathOf(path, property.name ?? property.id ?? '', user, model, report);
  return {
    carried: propertiesOf(key).flatMap((property) => read(retrievalOf(property, message), property)),
    awaited: subscription === undefined ? undefined : propertiesOf(key).flatMap((property) => read(bindingOf(subscription, property), property)),
  };
}

function subscriptionOf(process: ModelProcess, key: Element): Element | undefined {
  return process.element.correlationSubscriptions?.find((subscription) => subscription.correlationKeyRef === key && isBound(subscription));
}

/** What throws it, and what it starts the process by, needs no subscription. */
function awaits(user: ModelNode): boolean {
  if (user.type === 'receiveTask') return user.element.instantiate !== true;
  return user.type === 'intermediateCatchEvent' || user.type === 'boundaryEvent' || (user.type === 'startEvent' && user.scope.node !== undefined);
}

function pathOf(path: Element | undefined, property: string, user: ModelNode, model: Model, report: Report): readonly Expression[] {
  if (path === undefined) return [];
  if (path.language !== undefined && path.language !== '' && !/feel/i.test(path.language)) report('BPMN_EXPRESSION_LANGUAGE', placeOf(model.file, path), { property: `correlation property ${property}`, value: path.language });
  const expression = feelOf(bodyOf(path), `correlation property ${property}`, user, report);
  return expression === undefined ? [] : [expression];
}
