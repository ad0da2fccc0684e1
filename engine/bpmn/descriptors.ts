/** The extension namespaces of a model (BPMN 2.0.2, 8.3.3) as descriptors for reading and writing them: zeebe, and gov of our own. */
import zeebe from 'zeebe-bpmn-moddle/resources/zeebe.json' with { type: 'json' };
import gov from './gov.json' with { type: 'json' };

/** By prefix; hand them to whatever reads or draws BPMN, so that nothing of a model is lost. */
export const DESCRIPTORS: Readonly<Record<'zeebe' | 'gov', object>> = { zeebe, gov };
