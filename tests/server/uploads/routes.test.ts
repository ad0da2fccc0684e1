/** Uploads and documents over HTTP: bytes in parts, bytes out, and nobody reaches what is not theirs. */
import { get } from 'node:http';
import { expect } from 'chai';
import type { Json } from '../../../engine/index.ts';
import { META, startShell } from '../http/support.ts';
import type { Client, Reply, Shell } from '../http/support.ts';
import { PDF, bytes } from './support.ts';

const MODEL = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:gov="urn:piton:gov:1" id="d" targetNamespace="urn:piton:tests:papers">
  <bpmn:process id="papers" name="Papers" isExecutable="true">
    <bpmn:startEvent id="begin">
      <bpmn:extensionElements><gov:attachments><gov:attachment kind="lease" required="true" accept="application/pdf" maxSize="1MB" /><gov:attachment kind="note" /></gov:attachments></bpmn:extensionElements>
      <bpmn:outgoing>to-check</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:userTask id="check" name="Check"><bpmn:extensionElements><zeebe:userTask /><zeebe:assignmentDefinition candidateUsers="clerk" /></bpmn:extensionElements><bpmn:incoming>to-check</bpmn:incoming><bpmn:outgoing>to-end</bpmn:outgoing></bpmn:userTask>
    <bpmn:endEvent id="over"><bpmn:incoming>to-end</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="to-check" sourceRef="begin" targetRef="check" />
    <bpmn:sequenceFlow id="to-end" sourceRef="check" targetRef="over" />
  </bpmn:process>
</bpmn:definitions>`;

describe('Uploads and documents: routes', function () {
  this.timeout(60_000);
  let shell: Shell;
  let clerk: Client;

  before(async () => {
    shell = await startShell();
    clerk = await shell.signIn('clerk');
    const answer = await shell.runtime.deploy([{ name: 'papers.bpmn', content: MODEL }], META);
    expect(answer.outcome, JSON.stringify(answer)).to.equal('deployed');
  });
  after(async () => { await shell.stop(); });

  async function patch(path: string, offset: number | undefined, part: Uint8Array, type = 'application/offset+octet-stream', by = clerk): Promise<Response> {
    return fetch(shell.url + path, { method: 'PATCH', body: Buffer.from(part), headers: { cookie: by.cookie, 'x-csrf-token': by.csrf, 'content-type': type, connection: 'close', ...(offset === undefined ? {} : { 'upload-offset': String(offset) }) } });
  }

  async function upload(content: Uint8Array, fileName = 'Lease.pdf'): Promise<string> {
    const reply = await clerk.post('/api/v1/uploads', { fileName, bytes: content.length });
    expect(reply.status, reply.text).to.equal(201);
    expect((await patch(reply.headers.get('location')!, 0, content)).status).to.equal(200);
    return reply.body.id;
  }

  const start = (attachments: Json): Promise<Reply> => clerk.post('/api/v1/instances', { processId: 'papers', attachments });
  const code = async (response: Response): Promise<unknown> => (await response.json() as { readonly code: unknown }).code;

  it('A file goes up in parts; HEAD says how far it came; a wrong offset is 409 with the right one.', async () => {
    const made = await clerk.post('/api/v1/uploads', { fileName: 'Lease.pdf', mediaType: 'application/pdf', bytes: PDF.length });
    const path = made.headers.get('location')!;
    expect([made.status, made.headers.get('upload-offset'), made.headers.get('upload-length')]).to.deep.equal([201, '0', String(PDF.length)]);
    expect((await patch(path, 0, PDF.subarray(0, 9))).headers.get('upload-offset')).to.equal('9');
    const wrong = await patch(path, 0, PDF);
    expect([wrong.status, wrong.headers.get('upload-offset'), await code(wrong)]).to.deep.equal([409, '9', 'UPLOAD_OFFSET_WRONG']);
    const head = await fetch(shell.url + path, { method: 'HEAD', headers: { cookie: clerk.cookie } });
    expect([head.status, head.headers.get('upload-offset'), head.headers.get('cache-control')]).to.deep.equal([200, '9', 'no-store']);
    expect((await patch(path, 9, PDF.subarray(9))).status).to.equal(200);
    expect((await clerk.delete(path)).status).to.equal(204);
    expect((await clerk.get(path)).status).to.equal(404);
  });

  it('A part without its offset, of another media type, or of somebody else is refused.', async () => {
    const path = `/api/v1/uploads/${(await clerk.post('/api/v1/uploads', { fileName: 'a', bytes: 3 })).body.id}`;
    expect(await code(await patch(path, undefined, bytes('abc')))).to.equal('HTTP_REQUEST_INVALID');
    expect(await code(await patch(path, 0, bytes('abc'), 'application/json'))).to.equal('HTTP_MEDIA_TYPE');
    expect((await patch(path, 0, bytes('abc'), undefined, await shell.signIn('treasurer'))).status).to.equal(404);
    expect((await (await shell.signIn('modeller')).post('/api/v1/uploads', { fileName: 'a', bytes: 3 })).body.code).to.equal('ACCESS_DENIED');
  });

  it('A start without the file it asks for is HTTP_ATTACHMENTS_INVALID; with it the case holds a document.', async () => {
    const missing = await start([]);
    expect([missing.status, missing.body.code, missing.body.errors[0]?.pointer]).to.deep.equal([422, 'HTTP_ATTACHMENTS_INVALID', '/attachments/lease']);
    const begun = await start([{ upload: await upload(PDF), kind: 'lease' }]);
    expect(begun.status, begun.text).to.equal(201);
    const held = (await clerk.get(`/api/v1/instances/${begun.body.id}/variables`)).body.variables['attachments'] as readonly Record<string, unknown>[];
    expect(held.map(({ kind, state, fileName }) => [kind, state, fileName])).to.deep.equal([['lease', 'received', 'Lease.pdf']]);
  });

  it('A PDF is shown, anything else is a download; nothing in either can run, and a copy is asked about first.', async () => {
    const note = bytes('<script>alert(1)</script>');
    const begun = await start([{ upload: await upload(PDF, 'Lease “é”.pdf'), kind: 'lease' }, { upload: await upload(note, 'note.html'), kind: 'note' }]);
    const held = (await clerk.get(`/api/v1/instances/${begun.body.id}/variables`)).body.variables['attachments'] as readonly { readonly sha256: string }[];
    const at = (index: number): string => `${shell.url}/api/v1/instances/${begun.body.id}/documents/${held[index]!.sha256}`;
    const pdf = await fetch(at(0), { headers: { cookie: clerk.cookie } });
    expect([pdf.status, pdf.headers.get('content-type'), pdf.headers.get('etag'), pdf.headers.get('cache-control')]).to.deep.equal([200, 'application/pdf', `"${held[0]!.sha256}"`, 'private, no-cache']);
    expect(Buffer.compare(new Uint8Array(await pdf.arrayBuffer()), PDF)).to.equal(0);
    expect(pdf.headers.get('content-disposition')).to.equal("inline; filename=\"Lease e.pdf\"; filename*=UTF-8''Lease%20%E2%80%9C%C3%A9%E2%80%9D.pdf");
    expect([pdf.headers.get('content-security-policy'), pdf.headers.get('x-frame-options'), pdf.headers.get('x-content-type-options')]).to.deep.equal(["default-src 'none';frame-ancestors 'self'", 'SAMEORIGIN', 'nosniff']);
    // fetch would ask for a fresh copy in any case.
    const again = await new Promise<number | undefined>((resolve) => { get(at(0), { headers: { cookie: clerk.cookie, 'if-none-match': `"${held[0]!.sha256}"`, connection: 'close' } }, (response) => { response.resume(); resolve(response.statusCode); }); });
    expect(again).to.equal(304);
    const other = await fetch(at(1), { headers: { cookie: clerk.cookie } });
    expect([other.headers.get('content-type'), other.headers.get('content-disposition')]).to.deep.equal(['application/octet-stream', "attachment; filename=\"note.html\"; filename*=UTF-8''note.html"]);
    expect(other.headers.get('content-security-policy')).to.contain('sandbox');
  });

  it('Only who may read the case gets a document, and only one its variables name; it can still be read when the case is over.', async () => {
    const begun = await start([{ upload: await upload(PDF), kind: 'lease' }]);
    const { sha256 } = ((await clerk.get(`/api/v1/instances/${begun.body.id}/variables`)).body.variables['attachments'] as readonly { readonly sha256: string }[])[0]!;
    const path = `/api/v1/instances/${begun.body.id}/documents/${sha256}`;
    expect((await (await shell.signIn('treasurer')).get(path)).body.code).to.equal('ACCESS_DENIED');
    expect((await (await shell.signIn('root')).get(path)).body.code).to.equal('ACCESS_DENIED');
    const { hash } = shell.runtime.definitions.latest('papers')!;
    expect((await clerk.get(`/api/v1/instances/${begun.body.id}/documents/${hash}`)).body.code).to.equal('HTTP_NOT_FOUND');
    const head = await shell.signIn('head');
    expect((await head.post(`/api/v1/instances/${begun.body.id}/cancel`, { reason: 'a mistake' })).status).to.equal(200);
    expect((await clerk.get(path)).status).to.equal(200);
  });

  it('A document sent as a value is HTTP_DOCUMENT_BROUGHT.', async () => {
    const letter = { documentId: 'd', fileName: 'a.pdf', mediaType: 'application/pdf', state: 'signed', sha256: 'a'.repeat(64), bytes: 1, title: 'Forged' };
    const reply = await clerk.post('/api/v1/instances', { processId: 'papers', variables: { letter }, attachments: [{ upload: await upload(PDF), kind: 'lease' }] });
    expect([reply.status, reply.body.code]).to.deep.equal([422, 'HTTP_DOCUMENT_BROUGHT']);
  });

  it('The description says that bytes go in and come out.', async () => {
    const { paths } = (await clerk.get('/api/openapi.json')).body as unknown as { readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly requestBody?: { readonly content: object }; readonly parameters: readonly { readonly name: string; readonly in: string }[]; readonly responses: Readonly<Record<string, { readonly content: object }>> }>>>> };
    const part = paths['/api/v1/uploads/{id}']!['patch']!;
    expect(part.requestBody?.content).to.deep.equal({ 'application/offset+octet-stream': {} });
    expect(part.parameters.filter((parameter) => parameter.in === 'header').map(({ name }) => name)).to.include('Upload-Offset');
    expect(paths['/api/v1/instances/{id}/documents/{sha256}']!['get']!.responses['200']!.content).to.deep.equal({ '*/*': {} });
  });
});
