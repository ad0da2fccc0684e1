// What this engine does not execute is refused at deployment by element and line, never passed over (trap 29).
import { expect } from 'chai';
import { compile } from '../../../engine/bpmn/compile.ts';

const NAMESPACES = 'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="D" targetNamespace="urn:test"';

function around(element: string): string {
  return `<definitions ${NAMESPACES}>
<process id="P" isExecutable="true">
<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="X"/>
${element}
<sequenceFlow id="f2" sourceRef="X" targetRef="e"/><endEvent id="e"/>
</process></definitions>`;
}

const REFUSED: Readonly<Record<string, string>> = {
  'a choreography task': '<choreographyTask id="X"/>',
  'a script in another language': '<scriptTask id="X" scriptFormat="javascript"><script>x = 1</script></scriptTask>',
  'several triggers of which one stands for itself only': '<intermediateThrowEvent id="X"><signalEventDefinition/><compensateEventDefinition/></intermediateThrowEvent>',
  'an operation of a service interface': '<serviceTask id="X" implementation="http://example.org"/>',
};

describe('Engine: refuse, never ignore', () => {
  for (const [name, element] of Object.entries(REFUSED)) {
    it(`A model with ${name} is refused with its id and line (trap 29)`, async () => {
      const problems = await compile(around(element));
      if (!Array.isArray(problems)) throw new Error('Expected the model to be refused, but it compiled');
      const errors = problems.filter(({ severity }) => severity === 'error');
      const found = errors.find(({ elementId }) => elementId === 'X');
      expect(found, JSON.stringify(problems)).to.include({ line: 4 });
      expect(found?.code).to.match(/^BPMN_\w+_NOT_EXECUTED$/);
      expect(found?.hint).not.to.equal('');
    });
  }
});
