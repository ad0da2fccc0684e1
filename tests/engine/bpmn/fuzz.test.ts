// Whatever is given as a model, the answer is a graph or a list of findings: never an exception, never a hang.
import fc from 'fast-check';
import { expect } from 'chai';
import { compile } from '../../../engine/bpmn/compile.ts';
import { lint } from '../../../engine/bpmn/lint.ts';
import { soundness } from '../../../engine/bpmn/soundness.ts';
import { extended, flow, flows, model } from './support.ts';

const roots = `<message id="m" name="Paid">${extended('<zeebe:subscription correlationKey="=key" />')}</message><error id="err" errorCode="LATE" />`;
const rich = model(`
  <laneSet id="ls"><lane id="l" name="Registry"><flowNodeRef>u</flowNodeRef></lane></laneSet>
  <startEvent id="s">${extended('<zeebe:formDefinition formId="f" />')}</startEvent>
  <userTask id="u" name="Check">${extended('<zeebe:assignmentDefinition candidateGroups="a,b" assignee="=x" /><gov:outcomes><gov:outcome value="yes" kind="approve" /></gov:outcomes><gov:sla due="P5BD" /><zeebe:ioMapping><zeebe:input source="=a" target="b" /></zeebe:ioMapping>')}</userTask>
  <boundaryEvent id="b" attachedToRef="u" cancelActivity="false"><timerEventDefinition><timeCycle>R3/PT1H</timeCycle></timerEventDefinition></boundaryEvent>
  <exclusiveGateway id="g" default="g-p" />
  <parallelGateway id="p1" /><parallelGateway id="p2" />
  <serviceTask id="j">${extended('<zeebe:taskDefinition type="notify" retries="3" /><zeebe:taskHeaders><zeebe:header key="k" value="v" /></zeebe:taskHeaders>')}</serviceTask>
  <subProcess id="x"><startEvent id="xs" /><scriptTask id="c">${extended('<zeebe:script expression="=1 + a" resultVariable="a" />')}</scriptTask><endEvent id="xe"><errorEventDefinition errorRef="err" /></endEvent>${flows('xs c xe')}</subProcess>
  <boundaryEvent id="xb" attachedToRef="x"><errorEventDefinition errorRef="err" /></boundaryEvent>
  <eventBasedGateway id="eg" /><receiveTask id="r" messageRef="m" /><intermediateCatchEvent id="t"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent>
  <callActivity id="ca">${extended('<zeebe:calledElement processId="q" />')}</callActivity>
  <endEvent id="e" /><endEvent id="te"><terminateEventDefinition /></endEvent>
  <sequenceFlow id="g-p" sourceRef="g" targetRef="p1" />${flow('g', 'eg', '=amount &gt; 3')}
  ${flows('s u g', 'b e', 'p1 j p2', 'p1 x p2 e', 'xb te', 'eg r ca e', 'eg t e')}
`, roots);

const tags = [...rich.matchAll(/<[^>]+>/g)].map((match) => ({ from: match.index, to: match.index + match[0].length }));
const ids = [...rich.matchAll(/ id="([^"]+)"/g)].map((match) => match[1] ?? '');
const names = ['__proto__', 'constructor', 'toString', 'a:b', '', ' ', '1', 'ü', '<', '&', '&amp;', '&#0;', '&#x110000;', ']]>', '"', "'", '=', '=a +', '${x}', '\u0000', '\ud800', 'R/PT0S', 'P99999999999999999999D'];

type Edit = (xml: string) => string;
const edit: fc.Arbitrary<Edit> = fc.oneof(
  // Any tag goes, comes twice, or trades places with another.
  fc.nat(tags.length - 1).map((i): Edit => (xml) => xml.slice(0, tags[i]?.from) + xml.slice(tags[i]?.to)),
  fc.nat(tags.length - 1).map((i): Edit => (xml) => xml.slice(0, tags[i]?.to) + xml.slice(tags[i]?.from)),
  fc.tuple(fc.nat(tags.length - 1), fc.nat(tags.length - 1)).map(([i, j]): Edit => (xml) => xml.slice(0, tags[i]?.from) + rich.slice(tags[j]?.from, tags[j]?.to) + xml.slice(tags[i]?.to)),
  // An id or a reference becomes another one.
  fc.tuple(fc.constantFrom(...ids), fc.constantFrom(...ids, ...names)).map(([a, b]): Edit => (xml) => xml.replace(`"${a}"`, `"${b}"`)),
  fc.tuple(fc.constantFrom(...ids), fc.constantFrom(...ids)).map(([a, b]): Edit => (xml) => xml.replaceAll(`Ref="${a}"`, `Ref="${b}"`)),
  // An element becomes one of another type.
  fc.tuple(fc.constantFrom('userTask', 'serviceTask', 'subProcess', 'exclusiveGateway', 'startEvent', 'boundaryEvent', 'receiveTask', 'callActivity'), fc.constantFrom('task', 'inclusiveGateway', 'transaction', 'adHocSubProcess', 'endEvent', 'dataObject', 'sequenceFlow', 'lane', 'eventBasedGateway', 'process', 'toString')).map(([a, b]): Edit => (xml) => xml.replaceAll(`bpmn:${a} `, `bpmn:${b} `).replaceAll(`/bpmn:${a}>`, `/bpmn:${b}>`)),
  // An attribute value becomes anything.
  fc.tuple(fc.nat(200), fc.oneof(fc.constantFrom(...names), fc.string({ maxLength: 20 }))).map(([n, value]): Edit => (xml) => { let i = 0; return xml.replace(/="[^"]*"/g, (whole) => (i++ === n ? `="${value}"` : whole)); }),
  // Characters are lost or come in.
  fc.tuple(fc.nat(rich.length), fc.nat(40)).map(([at, length]): Edit => (xml) => xml.slice(0, at) + xml.slice(at + length)),
  fc.tuple(fc.nat(rich.length), fc.oneof(fc.constantFrom(...names), fc.string({ maxLength: 10 }))).map(([at, text]): Edit => (xml) => xml.slice(0, at) + text + xml.slice(at)),
);

describe('BPMN: any text', function () {
  this.timeout(60_000);

  it('The model the edits begin with is without findings', async () => {
    expect((await lint(rich)).problems).to.deep.equal([]);
  });

  it('Edits of a valid model are answered by a graph or by findings', async () => {
    await fc.assert(fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
      const xml = edits.reduce((text, change) => change(text), rich);
      const answer = await compile(xml);
      if (Array.isArray(answer)) {
        expect(answer.some(({ severity }) => severity === 'error')).to.equal(true);
        for (const { line, message } of answer) {
          expect(line).to.be.greaterThan(0);
          expect(message).to.match(/^Expected /);
        }
      } else {
        for (const process of answer.processes) {
          for (const node of process.nodes.values()) for (const other of [...node.incoming, ...node.outgoing]) expect(process.flows.get(other.id)).to.equal(other);
          soundness(process, { markings: 2000 });
        }
      }
    }), { numRuns: 1500 });
  });

  it('Texts that are no model are answered by findings', async () => {
    await fc.assert(fc.asyncProperty(fc.oneof(fc.string({ maxLength: 200 }), fc.array(fc.constantFrom('<', '>', '/', 'a', 'bpmn:', ' ', '=', '"', '<!', '<?', '--', '[CDATA[', ']]>', 'xmlns', '&', '\n'), { maxLength: 60 }).map((parts) => parts.join(''))), async (text) => {
      expect(Array.isArray(await compile(text))).to.equal(true);
    }), { numRuns: 1500 });
  });

  it('The same text gives the same answer', async () => {
    await fc.assert(fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 3 }), async (edits) => {
      const xml = edits.reduce((text, change) => change(text), rich);
      expect(JSON.stringify(await lint(xml))).to.equal(JSON.stringify(await lint(xml)));
    }), { numRuns: 100 });
  });
});
