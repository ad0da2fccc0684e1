/** The extension namespaces of a model (BPMN 2.0.2, 8.3.3) as descriptors for reading and writing them: zeebe, and gov of our own. */
import bpmn from 'bpmn-moddle/resources/bpmn/json/bpmn.json' with { type: 'json' };
import bpmndi from 'bpmn-moddle/resources/bpmn/json/bpmndi.json' with { type: 'json' };
import zeebe from 'zeebe-bpmn-moddle/resources/zeebe.json' with { type: 'json' };
import gov from './gov.json' with { type: 'json' };

/** By prefix; hand them to whatever reads or draws BPMN, so that nothing of a model is lost. */
export const DESCRIPTORS: Readonly<Record<'zeebe' | 'gov', object>> = { zeebe, gov };

/**
 * BPMN and its diagrams by prefix, where the library's own descriptors lose something of a file: it takes `initiating` for the default of
 * messageVisibleKind (12.2, the schema has none) and drops it in writing; it calls the messageFlowRef of a conversation (9.5) and the
 * endPointRef of a participant (9.3) by names of its own, and cannot read them.
 */
export const LIBRARY_DESCRIPTORS: Readonly<Record<'bpmn' | 'bpmndi', object>> = {
  bpmn: /* @__PURE__ */ corrected(bpmn, (key, value) => (key === 'name' && (value === 'messageFlowRefs' || value === 'endPointRefs') ? value.slice(0, -1) : value)),
  bpmndi: /* @__PURE__ */ corrected(bpmndi, (key, value) => (key === 'default' && value === 'initiating' ? undefined : value)),
};

function corrected(descriptor: object, correct: (key: string, value: unknown) => unknown): object {
  return JSON.parse(JSON.stringify(descriptor, correct)) as object;
}
