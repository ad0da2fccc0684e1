/** The tree of a BPMN file as it was read (BPMN 2.0.2, 8.3 foundation): one loose view for all elements, with the attributes this room reads. */

/** An element of the file. Attributes that are references point at the element meant; lists are absent when empty. */
export interface Element {
  readonly $type: string;
  readonly $parent?: Element;
  /** Attributes of foreign namespaces and unknown ones, by their prefixed name. */
  readonly $attrs: Readonly<Record<string, string>>;
  readonly id?: string;
  readonly name?: string;
  readonly documentation?: readonly Element[];
  readonly text?: string;
  readonly body?: string;
  readonly extensionElements?: Element;
  readonly values?: readonly Element[];

  readonly rootElements?: readonly Element[];
  readonly extensions?: readonly Element[];
  readonly mustUnderstand?: boolean;
  readonly expressionLanguage?: string;
  readonly participants?: readonly Element[];
  readonly processRef?: Element;
  readonly participantMultiplicity?: Element;
  readonly maximum?: number;
  readonly messageFlows?: readonly Element[];
  readonly conversations?: readonly Element[];
  readonly correlationKeys?: readonly Element[];
  /** Of a key a list, of a binding one. */
  readonly correlationPropertyRef?: Element | readonly Element[];
  readonly correlationPropertyRetrievalExpression?: readonly Element[];
  readonly messagePath?: Element;
  readonly correlationKeyRef?: Element;
  readonly correlationPropertyBinding?: readonly Element[];
  readonly dataPath?: Element;

  readonly isExecutable?: boolean;
  readonly flowElements?: readonly Element[];
  readonly laneSets?: readonly Element[];
  readonly lanes?: readonly Element[];
  readonly childLaneSet?: Element;
  readonly flowNodeRef?: readonly Element[];

  readonly sourceRef?: Element;
  readonly targetRef?: Element;
  readonly conditionExpression?: Element;
  readonly language?: string;
  readonly default?: Element;
  readonly gatewayDirection?: string;
  readonly instantiate?: boolean;
  readonly eventGatewayType?: string;

  readonly eventDefinitions?: readonly Element[];
  readonly eventDefinitionRef?: readonly Element[];
  readonly parallelMultiple?: boolean;
  readonly attachedToRef?: Element;
  readonly cancelActivity?: boolean;
  readonly isInterrupting?: boolean;
  readonly messageRef?: Element;
  readonly operationRef?: Element;
  readonly errorRef?: Element;
  readonly errorCode?: string;
  readonly timeDate?: Element;
  readonly timeDuration?: Element;
  readonly timeCycle?: Element;

  readonly artifacts?: readonly Element[];
  readonly dataObjectRef?: Element;
  readonly dataStoreRef?: Element;
  readonly itemSubjectRef?: Element;
  readonly capacity?: number;
  readonly isUnlimited?: boolean;
  readonly transformation?: Element;
  readonly assignment?: readonly Element[];
  readonly from?: Element;
  readonly to?: Element;
  readonly signalRef?: Element;
  readonly escalationRef?: Element;
  readonly escalationCode?: string;
  readonly condition?: Element;
  readonly activityRef?: Element;
  readonly waitForCompletion?: boolean;
  readonly activationCondition?: Element;
  readonly completionCondition?: Element;
  readonly ordering?: string;
  readonly cancelRemainingInstances?: boolean;
  readonly isSequential?: boolean;
  readonly behavior?: string;
  readonly loopCardinality?: Element;
  readonly loopDataInputRef?: Element;
  readonly loopDataOutputRef?: Element;
  readonly inputDataItem?: Element;
  readonly outputDataItem?: Element;
  readonly complexBehaviorDefinition?: Element | readonly Element[];
  readonly oneBehaviorEventRef?: Element;
  readonly noneBehaviorEventRef?: Element;
  readonly event?: Element;
  readonly testBefore?: boolean;
  readonly loopCondition?: Element;
  readonly loopMaximum?: number;

  readonly triggeredByEvent?: boolean;
  readonly isForCompensation?: boolean;
  readonly startQuantity?: number;
  readonly completionQuantity?: number;
  readonly loopCharacteristics?: Element;
  readonly ioSpecification?: Element;
  readonly dataInputAssociations?: readonly Element[];
  readonly dataOutputAssociations?: readonly Element[];
  readonly properties?: readonly Element[];
  readonly resources?: readonly Element[];
  readonly resourceAssignmentExpression?: { readonly expression?: Element };
  readonly resourceRef?: Element;
  readonly resourceParameterBindings?: readonly Element[];
  readonly calledElement?: string;
  readonly implementation?: string;
  readonly script?: string;
  readonly scriptFormat?: string;
  readonly correlationSubscriptions?: readonly Element[];
  readonly dataInputs?: readonly Element[];
  readonly dataOutputs?: readonly Element[];
}

/** An element of `zeebe:*` or `gov:*`: its attributes are texts, truth values or numbers, as their descriptor says. */
export interface Extension extends Element {
  readonly source?: string;
  readonly target?: string;
  readonly value?: string;
  readonly key?: string;
  readonly inputParameters?: readonly Extension[];
  readonly outputParameters?: readonly Extension[];
  readonly type?: string;
  readonly retries?: string;
  readonly eventType?: string;
  readonly listeners?: readonly Extension[];
  readonly headers?: Extension;
  readonly assignee?: string;
  readonly candidateGroups?: string;
  readonly candidateUsers?: string;
  readonly dueDate?: string;
  readonly followUpDate?: string;
  readonly priority?: string;
  readonly formId?: string;
  readonly formKey?: string;
  readonly externalReference?: string;
  readonly bindingType?: string;
  readonly versionTag?: string;
  readonly version?: string;
  readonly expression?: string;
  readonly resultVariable?: string;
  readonly decisionId?: string;
  readonly processId?: string;
  readonly processIdExpression?: string;
  readonly propagateAllChildVariables?: boolean;
  readonly propagateAllParentVariables?: boolean;
  readonly businessId?: string;
  readonly correlationKey?: string;
  readonly inputCollection?: string;
  readonly inputElement?: string;
  readonly outputCollection?: string;
  readonly outputElement?: string;
  readonly activeElementsCollection?: string;
  readonly variableNames?: string;
  readonly variableEvents?: string;
  readonly due?: string;
  readonly calendar?: string;
  readonly backoff?: string;
  readonly warnAt?: string;
  readonly pausable?: boolean;
  readonly onBreach?: string;
  readonly escalateTo?: string;
  readonly label?: string;
  readonly kind?: string;
  readonly requiresComment?: boolean;
  readonly requiresSignature?: boolean;
  readonly notSameAs?: string;
  readonly fourEyes?: boolean;
  readonly groups?: string;
  readonly public?: boolean;
  readonly document?: string;
  readonly level?: string;
  readonly reason?: string;
  readonly template?: string;
  readonly output?: string;
  readonly registry?: string;
  readonly classification?: string;
  readonly copies?: number;
  readonly required?: boolean;
  readonly accept?: string;
  readonly maxSize?: string;
  readonly fileSeries?: string;
  readonly recordClass?: string;
  readonly retention?: string;
  readonly legalBasis?: string;
  readonly publicName?: string;
}

const NOTHING: readonly never[] = [];

/** The extension elements of an element, in the order of the file. */
export function extensionsOf(element: Element): readonly Extension[] {
  return element.extensionElements?.values ?? NOTHING;
}

/** The first extension element of a type, for example `zeebe:TaskDefinition`. */
export function extension(element: Element, type: string): Extension | undefined {
  for (const candidate of extensionsOf(element)) if (candidate.$type === type) return candidate;
  return undefined;
}

/** `bpmn:UserTask` as it is written in XML: `userTask`. */
export function localName(type: string): string {
  const name = type.slice(type.indexOf(':') + 1);
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** `a userTask`, `an endEvent`. */
export function withArticle(name: string): string {
  return /^[aeio]/i.test(name) ? `an ${name}` : `a ${name}`;
}

/** The nearest element with an id: itself or what it stands in. */
export function identified(element: Element | undefined): Element | undefined {
  let at = element;
  while (at !== undefined && at.id === undefined) at = at.$parent;
  return at;
}

/** The text of an expression element, trimmed. */
export function bodyOf(expression: Element | undefined): string {
  return expression?.body?.trim() ?? '';
}

/** Names separated by commas; blanks around them do not count. */
export function namesIn(text: string | undefined): readonly string[] {
  return text === undefined ? NOTHING : text.split(',').map((name) => name.trim()).filter((name) => name !== '');
}

/** Ids separated by commas or blanks. */
export function idsIn(text: string | undefined): readonly string[] {
  return text === undefined ? NOTHING : text.split(/[,\s]+/).filter((id) => id !== '');
}
