/** A small procedure with papers: a lease is handed in, a clerk adds a note, the head signs the lease. A signer that marks what it signed, and a PDF to sign. */
import { createHash } from 'node:crypto';
import type { Signer } from '../../server/ports/signing.ts';

const FORM = { type: 'default', id: 'papers-form', components: [{ type: 'textfield', id: 'f1', key: 'subject', label: 'Subject', validate: { required: true } }] };

const MODEL = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:gov="urn:piton:gov:1" id="papers-definitions" targetNamespace="urn:piton:tests:papers">
  <bpmn:process id="papers" name="Lease of public land" isExecutable="true">
    <bpmn:documentation>A lease is handed in, checked, and signed.</bpmn:documentation>
    <bpmn:extensionElements><gov:starters groups="officers" /></bpmn:extensionElements>
    <bpmn:startEvent id="asked" name="Lease handed in">
      <bpmn:extensionElements>
        <zeebe:formDefinition formId="papers-form" />
        <gov:attachments><gov:attachment kind="lease" required="true" accept="application/pdf" maxSize="20MB" /><gov:attachment kind="site-photo" accept="image/*,.pdf" maxSize="5MB" /></gov:attachments>
      </bpmn:extensionElements>
      <bpmn:outgoing>to-choose</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:scriptTask id="choose" name="Take the lease"><bpmn:extensionElements><zeebe:script expression="=attachments[1]" resultVariable="lease" /></bpmn:extensionElements><bpmn:incoming>to-choose</bpmn:incoming><bpmn:outgoing>to-sign</bpmn:outgoing></bpmn:scriptTask>
    <bpmn:userTask id="sign" name="Sign the lease">
      <bpmn:extensionElements>
        <zeebe:userTask />
        <zeebe:assignmentDefinition candidateGroups="officers" />
        <gov:signature level="S2" document="lease" reason="I approve this lease for the Ministry" />
        <gov:outcomes><gov:outcome value="approve" label="Approve and sign" kind="approve" /><gov:outcome value="refuse" label="Refuse" kind="refuse" requiresComment="true" /></gov:outcomes>
        <gov:attachments><gov:attachment kind="opinion" accept=".pdf" /></gov:attachments>
      </bpmn:extensionElements>
      <bpmn:incoming>to-sign</bpmn:incoming><bpmn:outgoing>to-read</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:userTask id="read" name="Read the lease"><bpmn:extensionElements><zeebe:userTask /><zeebe:assignmentDefinition candidateGroups="officers" /></bpmn:extensionElements><bpmn:incoming>to-read</bpmn:incoming><bpmn:outgoing>to-end</bpmn:outgoing></bpmn:userTask>
    <bpmn:endEvent id="done"><bpmn:incoming>to-end</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="to-choose" sourceRef="asked" targetRef="choose" />
    <bpmn:sequenceFlow id="to-sign" sourceRef="choose" targetRef="sign" />
    <bpmn:sequenceFlow id="to-read" sourceRef="sign" targetRef="read" />
    <bpmn:sequenceFlow id="to-end" sourceRef="read" targetRef="done" />
  </bpmn:process>
</bpmn:definitions>`;

export const PAPERS = [{ name: 'papers.bpmn', content: MODEL }, { name: 'papers-form.form', content: JSON.stringify(FORM) }];

export const PIN = '482913572468';

/** Appends its mark to the file; knows everybody's PIN and counts wrong ones. */
export function markingSigner(): Signer & { readonly signed: string[] } {
  const signed: string[] = [];
  let left = 3;
  return {
    signed,
    has: async (person) => person !== 'hr.officer',
    async sign({ person, pin, pdf, at }) {
      if (pin !== PIN) {
        left -= 1;
        throw Object.assign(new Error(`Expected the PIN of ${person}, but it is another one; ${String(left)} tries are left`), { code: 'SIGNING_PIN_WRONG', hint: 'Type it again.' });
      }
      signed.push(createHash('sha256').update(pdf).digest('hex'));
      return { pdf: new Uint8Array(Buffer.concat([pdf, Buffer.from(`\n% signed by ${person}\n`)])), name: `Signature of ${person}`, at, certificate: createHash('sha256').update(person).digest('hex') };
    },
  };
}

/** One A4 page with some lines, with a correct cross-reference table (ISO 32000-1, 7.5). */
export function pdfOf(lines: readonly string[]): Buffer {
  const drawn = `BT /F1 14 Tf 72 760 Td 22 TL ${lines.map((line) => `(${line.replace(/[()\\]/g, '')}) Tj T*`).join(' ')} ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${String(drawn.length)} >>\nstream\n${drawn}\nendstream`, '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let text = '%PDF-1.7\n';
  const offsets = objects.map((object, index) => {
    const at = text.length;
    text += `${String(index + 1)} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const table = text.length;
  text += `xref\n0 ${String(objects.length + 1)}\n0000000000 65535 f \n${offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('')}`;
  return Buffer.from(`${text}trailer\n<< /Size ${String(objects.length + 1)} /Root 1 0 R >>\nstartxref\n${String(table)}\n%%EOF\n`, 'latin1');
}
