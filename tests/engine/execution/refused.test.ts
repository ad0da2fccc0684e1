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
  'an inclusive gateway': '<inclusiveGateway id="X"/>',
  'a complex gateway': '<complexGateway id="X"/>',
  'a transaction': '<transaction id="X"><task id="T"/></transaction>',
  'an ad-hoc sub-process': '<adHocSubProcess id="X"><task id="T"/></adHocSubProcess>',
  'a multi-instance marker (traps 14 and 15)': '<task id="X"><multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></task>',
  'a loop marker (trap 28)': '<task id="X"><standardLoopCharacteristics/></task>',
  'a signal event': '<intermediateThrowEvent id="X"><signalEventDefinition/></intermediateThrowEvent>',
  'an escalation event (trap 17)': '<intermediateThrowEvent id="X"><escalationEventDefinition/></intermediateThrowEvent>',
  'a compensation event (traps 10 to 12)': '<intermediateThrowEvent id="X"><compensateEventDefinition/></intermediateThrowEvent>',
  'a conditional event (trap 23)': '<intermediateCatchEvent id="X"><conditionalEventDefinition><condition>=x</condition></conditionalEventDefinition></intermediateCatchEvent>',
  'a link event': '<intermediateThrowEvent id="X"><linkEventDefinition name="L"/></intermediateThrowEvent>',
  'a second event definition': '<intermediateCatchEvent id="X"><timerEventDefinition><timeDuration>PT1S</timeDuration></timerEventDefinition><messageEventDefinition/></intermediateCatchEvent>',
  'a compensation marker': '<task id="X" isForCompensation="true"/>',
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

  it('An event sub-process is refused (traps 8 and 9)', async () => {
    const problems = await compile(around('<task id="X"/><subProcess id="E" triggeredByEvent="true"><startEvent id="es"><timerEventDefinition><timeDuration>PT1S</timeDuration></timerEventDefinition></startEvent></subProcess>'));
    expect(Array.isArray(problems) && problems.some(({ elementId, code }) => elementId === 'E' && code === 'BPMN_FEATURE_NOT_EXECUTED')).to.equal(true);
  });
});
