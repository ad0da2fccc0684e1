// Decision models compiled (DMN 1.5, 6.3): a file becomes a graph of decisions, or the list of everything wrong with it.

import type { Budget } from '../feel/budget.ts';
import type { FeelOptions } from '../feel/compile.ts';
import { deeper } from '../feel/function-call.ts';
import type { FeelScope } from '../feel/run.ts';
import { coerce } from '../feel/types.ts';
import type { FeelType } from '../feel/types.ts';
import { FeelFunction } from '../feel/values.ts';
import { asType, attributed, Builder, nothing } from './builder.ts';
import type { DmnProblem } from './errors.ts';
import { callService } from './evaluate.ts';
import { expressionIn, functionMaker, logicIn, NO_LOGIC } from './expression.ts';
import { readTypes } from './item-definitions.ts';
import type { BusinessKnowledgeModel, DecisionModel, DecisionRun, DecisionService, DrgElement, Requirement } from './model.ts';
import { checkRequirements } from './requirements.ts';
import { environmentOf, LazyScope, scopeOf } from './scope.ts';
import { child, childrenNamed, isElement, readXml } from './xml.ts';
import type { XmlElement } from './xml.ts';

interface Import {
  readonly prefix: string;
  readonly model: DecisionModel;
}

const NO_FUNCTION = new FeelFunction([], (_args, run) => nothing(run, 'a business knowledge model with logic', 'it has none'));

class ModelReader {
  readonly builder: Builder;
  readonly #definitions: XmlElement;
  readonly #namespace: string;
  readonly #imports: Import[] = [];
  readonly elements = new Map<string, DrgElement>();
  readonly #names = new Set<string>();
  readonly #sources = new Map<DrgElement, XmlElement>();

  constructor(xml: string, definitions: XmlElement) {
    this.builder = new Builder(xml, definitions.attributes.expressionLanguage);
    this.#definitions = definitions;
    this.#namespace = definitions.attributes.namespace ?? '';
  }

  read(available: readonly DecisionModel[]): DecisionModel {
    this.#readImports(available);
    const imported = new Map<string, FeelType>();
    for (const { prefix, model } of this.#imports) for (const [name, type] of model.types) imported.set(prefix === '' ? name : `${prefix}.${name}`, type);
    const types = readTypes(this.builder, this.#definitions, imported);
    for (const element of this.#definitions.children) this.#declare(element);
    for (const element of this.elements.values()) this.#connect(element);
    this.#checkImportNames();
    const isSound = checkRequirements(this.elements.values(), (code, id, values) => this.builder.report(code, id, values));
    if (isSound) for (const element of this.elements.values()) this.#fill(element);
    return { namespace: this.#namespace, name: this.#definitions.attributes.name ?? '', elements: this.elements, types, imports: this.#imports.map(({ model }) => model), warnings: this.builder.warnings };
  }

  #readImports(available: readonly DecisionModel[]): void {
    for (const element of childrenNamed(this.#definitions, 'import')) {
      const namespace = element.attributes.namespace ?? '';
      if (!/DMN/i.test(element.attributes.importType ?? 'DMN')) continue;
      const model = available.find((candidate) => candidate.namespace === namespace);
      if (model === undefined) this.builder.report('DMN_IMPORT_UNRESOLVED', element.attributes.id ?? '', { namespace });
      else this.#imports.push({ prefix: element.attributes.name ?? '', model });
    }
  }

  /** First pass: every element exists before any is connected. */
  #declare(element: XmlElement): void {
    const id = element.attributes.id ?? '';
    const name = (child(element, 'variable')?.attributes.name ?? element.attributes.name ?? '').trim();
    const base = { id, name, namespace: this.#namespace, type: this.builder.type(child(element, 'variable')?.attributes.typeRef, id) };
    const tag = element.versionTag !== undefined && { versionTag: element.versionTag };
    let declared: DrgElement;
    switch (element.name) {
      case 'inputData':
        declared = { kind: 'inputData', ...base };
        break;
      case 'decision':
        declared = { kind: 'decision', ...base, ...tag, requirements: [], knowledge: [], logic: NO_LOGIC };
        break;
      case 'businessKnowledgeModel':
        declared = { kind: 'businessKnowledgeModel', ...base, knowledge: [], function: NO_FUNCTION };
        break;
      case 'decisionService':
        declared = { kind: 'decisionService', ...base, ...tag, outputs: [], encapsulated: [], inputs: [], function: NO_FUNCTION };
        break;
      default:
        return;
    }
    if (this.#names.has(name)) this.builder.report('DMN_NAME_DUPLICATE', id, { name });
    this.#names.add(name);
    this.elements.set(element.attributes.id ?? name, declared);
    this.#sources.set(declared, element);
  }

  #checkImportNames(): void {
    const seen = new Set<string>();
    for (const { prefix } of this.#imports) {
      if (prefix !== '' && (this.#names.has(prefix) || seen.has(prefix))) this.builder.report('DMN_IMPORT_NAME_TAKEN', '', { name: prefix });
      seen.add(prefix);
    }
  }

  /** The element an href names: `#id`, or `namespace#id` of this or an imported model. */
  #resolve(href: string | undefined, from: DrgElement): Requirement<DrgElement> | undefined {
    const [namespace = '', id = ''] = (href ?? '').split('#');
    if (namespace === '' || namespace === this.#namespace) {
      const target = this.elements.get(id);
      if (target !== undefined) return { target, prefix: '' };
    }
    for (const { prefix, model } of this.#imports) {
      const target = model.namespace === namespace ? model.elements.get(id) : undefined;
      if (target !== undefined) return { target, prefix };
    }
    this.builder.report('DMN_REFERENCE_UNRESOLVED', from.id, { href: href ?? '' });
    return undefined;
  }

  /** Second pass: requirements become references. */
  #connect(element: DrgElement): void {
    const source = this.#sources.get(element)!;
    const targets = (parts: readonly XmlElement[]): Requirement<DrgElement>[] => parts.flatMap((part) => this.#resolve(part.attributes.href, element) ?? []);
    if (element.kind === 'decision') {
      const parts = childrenNamed(source, 'informationRequirement').flatMap((requirement) => [...childrenNamed(requirement, 'requiredInput'), ...childrenNamed(requirement, 'requiredDecision')]);
      for (const { target, prefix } of targets(parts)) if (target.kind === 'decision' || target.kind === 'inputData') element.requirements.push({ target, prefix });
    }
    if (element.kind === 'decision' || element.kind === 'businessKnowledgeModel') {
      const parts = childrenNamed(source, 'knowledgeRequirement').flatMap((requirement) => childrenNamed(requirement, 'requiredKnowledge'));
      for (const { target, prefix } of targets(parts)) {
        if (target.kind === 'businessKnowledgeModel' || target.kind === 'decisionService') element.knowledge.push({ target, prefix });
      }
    }
    if (element.kind === 'decisionService') {
      for (const { target } of targets(childrenNamed(source, 'outputDecision'))) if (target.kind === 'decision') element.outputs.push(target);
      for (const { target } of targets(childrenNamed(source, 'encapsulatedDecision'))) if (target.kind === 'decision') element.encapsulated.push(target);
      const inputs = targets([...childrenNamed(source, 'inputData'), ...childrenNamed(source, 'inputDecision')]);
      for (const { target } of inputs) if (target.kind === 'decision' || target.kind === 'inputData') element.inputs.push(target);
    }
  }

  /** What its decisions ask for and it does not list as an input. */
  #checkService({ id, name, outputs, inputs }: DecisionService): void {
    const known = new Set<DrgElement>(inputs);
    const missing = new Set<string>();
    const visit = (element: DrgElement): void => {
      if (known.has(element)) return;
      known.add(element);
      if (element.kind === 'inputData') missing.add(element.name);
      if (element.kind === 'decision') for (const { target } of element.requirements) visit(target);
    };
    for (const output of outputs) visit(output);
    if (missing.size > 0) this.builder.report('DMN_SERVICE_INPUT_MISSING', id, { names: [...missing].join(', ') });
    if (outputs.length === 0) this.builder.report('DMN_EXPRESSION_INCOMPLETE', id, { what: `decision service ${name}`, reason: 'it has no output decision' });
  }

  /** Third pass: logic is compiled against the names its requirements give it. */
  #fill(element: DrgElement): void {
    const source = this.#sources.get(element)!;
    const site = { builder: this.builder, elementId: element.id, elementName: element.name };
    switch (element.kind) {
      case 'decision':
        element.logic = logicIn(source, { ...site, environment: environmentOf([...element.requirements, ...element.knowledge]) });
        return;
      case 'businessKnowledgeModel': {
        const logic = child(source, 'encapsulatedLogic');
        const environment = environmentOf([...element.knowledge, { target: element, prefix: '' }]);
        if (logic !== undefined && expressionIn(logic) !== undefined) {
          element.function = knowledgeFunction(element, functionMaker(logic, { ...site, environment }));
        }
        return;
      }
      case 'decisionService':
        element.function = serviceFunction(element);
        this.#checkService(element);
        return;
      case 'inputData':
    }
  }
}

/** A business knowledge model sees its own knowledge requirements and itself, never the variables of its caller. */
function knowledgeFunction(element: BusinessKnowledgeModel, make: (home: FeelScope) => FeelFunction): FeelFunction {
  const visible = [...element.knowledge, { target: element, prefix: '' }];
  const body = make(new LazyScope(() => scopeOf<BusinessKnowledgeModel | DecisionService>(visible, (target) => target.function)));
  // The variable of a function is declared either with the type of its result or with a function type.
  const type = element.type?.kind === 'function' ? element.type.result : element.type;
  return new FeelFunction(body.parameters, (args, run: DecisionRun) =>
    attributed(run, element.id, () => asType(body.invoke(args, run as never), type, `the result of ${element.name}`, run)),
  );
}

const SERVICE_LEVELS = 20;

function serviceFunction(service: DecisionService): FeelFunction {
  const parameters = service.inputs.map((input) => {
    const { type } = input;
    return { name: input.name, accept: type === undefined ? undefined : (value: unknown, budget: Budget) => coerce(value, type, budget) };
  });
  return new FeelFunction(parameters, (args, caller) => {
    const run = caller as DecisionRun;
    return deeper(run, SERVICE_LEVELS, () => callService(service, args, run));
  });
}

/**
 * What the texts of each decision are compiled with, by its id: the names it sees with the names inside them, and the types of the
 * model. For editors, which check one text at a time; empty where the file cannot be read.
 */
export function expressionOptions(xml: string, imported: readonly DecisionModel[] = []): ReadonlyMap<string, Pick<FeelOptions, 'shape' | 'types'>> {
  const definitions = readXml(xml);
  if (!isElement(definitions)) return new Map();
  const reader = new ModelReader(xml, definitions);
  const { elements } = reader.read(imported);
  const types = (name: string): FeelType | undefined => reader.builder.namedTypes(name);
  return new Map([...elements].flatMap(([id, element]) => (element.kind === 'decision' ? [[id, { shape: environmentOf([...element.requirements, ...element.knowledge]).shape, types }] as const] : [])));
}

/** Compiles a decision model synchronously; `imported` are the models its imports may name. */
export function compileDecisions(xml: string, imported: readonly DecisionModel[] = []): DecisionModel | DmnProblem[] {
  const definitions = readXml(xml);
  if (!isElement(definitions)) return [definitions];
  const reader = new ModelReader(xml, definitions);
  const model = reader.read(imported);
  return reader.builder.problems.length > 0 ? reader.builder.problems : model;
}

/** Compiles a decision model, or lists everything that keeps it from being executed. */
export function compileDmn(xml: string, imported: readonly DecisionModel[] = []): Promise<DecisionModel | DmnProblem[]> {
  return Promise.resolve(compileDecisions(xml, imported));
}
