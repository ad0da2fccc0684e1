/** One letter of processes/correspondence driven over HTTP by the people it passes, as their browsers do it: from the upload of the scan to the files of both ministries. */
import { createHash } from 'node:crypto';

export type Body = Readonly<Record<string, unknown>>;

/** `once`: no repeat when the connection is lost. Without `key` a changing request has none. */
export interface Asked {
  readonly account: string;
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly body?: Body | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly key?: string;
  readonly once?: boolean;
}

export interface Answered {
  readonly status: number;
  readonly body: Body;
}

/** Undefined: the connection was lost, and the request was asked `once`. */
export type Ask = (request: Asked) => Promise<Answered | undefined>;

export interface Signed { readonly status: number; readonly cookie: string; readonly csrf: string }

/** Who the letter passes; the Public Service first. */
export const PEOPLE = ['registry.clerk', 'permanent.secretary', 'administrative.officer', 'head.administration', 'finance.registry.clerk'] as const;

/** What was typed into form IN-01. */
export const LETTER: Body = {
  receivedOn: { $: 'date', v: '2026-01-05' }, channel: 'hand', senderName: 'The Director of Finance', senderOrganisation: 'Ministry of Finance', senderAddress: 'Pointe Seraphine\nCastries',
  senderAgency: 'ministry-of-finance', subject: 'Staff list for the estimates 2026/27', senderReference: 'MOF/EST/12', letterDate: { $: 'date', v: '2026-01-02' }, pages: 2, classification: 'Open',
};
const DRAFT: Body = {
  salutation: 'Dear Sir or Madam', replySubject: 'Staff list for the estimates 2026/27', replyText: 'We refer to your letter of 2 January 2026.\n\nThe staff list of this ministry is enclosed.',
  closing: 'Yours faithfully', replyEnclosures: 'Staff list', replyCopies: '',
};

/** Opens a session; `url` is where the server listens. */
export async function signIn(url: string, account: string, password: string): Promise<Signed> {
  const answer = await fetch(`${url}/api/v1/session`, { method: 'POST', headers: { 'content-type': 'application/json', origin: url, 'idempotency-key': `sign-in-${account}` }, body: JSON.stringify({ account, password }) });
  const { csrf = '' } = (await answer.json()) as { readonly csrf?: string };
  return { status: answer.status, cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '', csrf };
}

/** One request of a signed-in person; rejects when the connection is lost. */
export async function exchange(url: string, { cookie, csrf }: Signed, { method, path, body, headers, key }: Asked): Promise<Answered> {
  const bytes = body instanceof Uint8Array;
  const answer = await fetch(url + path, {
    method,
    headers: { origin: url, cookie, 'x-csrf-token': csrf, ...(body !== undefined && { 'content-type': bytes ? 'application/offset+octet-stream' : 'application/json' }), ...(key !== undefined && { 'idempotency-key': key }), ...headers },
    ...(body !== undefined && { body: bytes ? Buffer.from(body) : JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Body };
}

/** Account -> password and PIN, from the lines a demo server prints. */
export function accountsOf(lines: readonly string[]): ReadonlyMap<string, { readonly password: string; readonly pin: string }> {
  return new Map(lines.flatMap((line) => {
    const [, account = '', password = '', pin = ''] = /^ {2}([a-z.]+) +(\S+) +(\d{6})? /.exec(line) ?? [];
    return account === '' ? [] : [[account, { password, pin }] as const];
  }));
}

const PART = 65_536;
const PATIENCE_MS = 60_000;

export class LetterDrive {
  readonly #ask: Ask;
  readonly #name: string;
  readonly #scan: Uint8Array;
  #case = '';

  /** `name` begins every idempotency key, so that two letters are two. */
  constructor(ask: Ask, name: string, scan: Uint8Array) {
    this.#ask = ask;
    this.#name = name;
    this.#scan = scan;
  }

  /** The case of the first ministry. */
  get stream(): string {
    return this.#case;
  }

  /** Hands in the scan part by part; a part whose answer was lost is asked for before it is sent again. */
  async upload(): Promise<string> {
    const account = 'registry.clerk';
    const announced = await this.#insist({ account, method: 'POST', path: '/api/v1/uploads', body: this.announcement, key: this.key('scan') });
    const id = String(announced['id']);
    const path = `/api/v1/uploads/${id}`;
    for (let known = announced; ;) {
      const offset = Number(known['offset']);
      if (offset === this.#scan.byteLength) return id;
      const sent = await this.#ask({ account, method: 'PATCH', path, body: this.#scan.subarray(offset, offset + PART), headers: { 'upload-offset': String(offset) }, once: true });
      known = sent?.status === 200 ? sent.body : await this.#insist({ account, method: 'GET', path });
    }
  }

  get announcement(): Body {
    return { fileName: 'letter.pdf', mediaType: 'application/pdf', bytes: this.#scan.byteLength };
  }

  key(what: string): string {
    return `${this.#name}-${what}`;
  }

  async register(): Promise<void> {
    const upload = await this.upload();
    const started = await this.#insist({ account: 'registry.clerk', method: 'POST', path: '/api/v1/instances', body: { processId: 'correspondence', variables: LETTER, attachments: [{ kind: 'letter', upload }] }, key: this.key('start') });
    this.#case = String(started['id']);
  }

  /** Up to the task `Approve and sign`, which is claimed. */
  async upToSignature(): Promise<void> {
    await this.register();
    await this.work('registry.clerk', 'find-file', { outcome: 'mark', variables: { fileNumber: '', fileNotes: 'Nothing on this subject yet.' } });
    await this.work('permanent.secretary', 'mark-letter', { outcome: 'mark', variables: { actionOfficer: 'administrative.officer', urgency: 'ordinary', markingNote: 'Please reply.' } });
    await this.work('administrative.officer', 'study-letter', { outcome: 'draft', variables: { minute: 'The list is at hand and can be sent.' } });
    await this.work('administrative.officer', 'draft-reply', { variables: DRAFT });
    await this.work('head.administration', 'review-reply', { outcome: 'approve', variables: { reviewRemarks: 'In order.' } });
    await this.claimed('permanent.secretary', 'sign-reply');
  }

  /** Signs, and follows the reply to the files of both ministries. */
  async onToFiled(pin: string): Promise<void> {
    const task = await this.claimed('permanent.secretary', 'sign-reply');
    const shown = (await this.#insist({ account: 'permanent.secretary', method: 'GET', path: `/api/v1/tasks/${task}` }))['signature'] as { readonly sha256: string };
    await this.#complete('permanent.secretary', 'sign-reply', task, { outcome: 'approve', variables: {}, signature: { document: 'reply', sha256: shown.sha256, pin } });
    await this.work('finance.registry.clerk', 'attend-letter', { outcome: 'put-away', variables: {} });
    await this.work('registry.clerk', 'check-dispatch', { variables: { dispatchFound: 'arrived' } });
    await this.#ended();
  }

  /** Waits until both cases have ended. */
  async #ended(): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const cases = (await this.#insist({ account: 'permanent.secretary', method: 'GET', path: '/api/v1/instances?status=active' }))['items'] as readonly Body[];
      if (!cases.some((one) => one['id'] === this.#case || one['processId'] === 'correspondence-received')) return;
      if (Date.now() > deadline) throw new Error(`Expected the letter to be filed, but there is ${JSON.stringify(cases)}`);
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  }

  /** Claims the task of this element when it is offered, and completes it. */
  async work(account: string, elementId: string, completion: Body): Promise<void> {
    await this.#complete(account, elementId, await this.claimed(account, elementId), completion);
  }

  /** `<stream>/<counter>` of the task, which this person holds. */
  async claimed(account: string, elementId: string): Promise<string> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const items = await Promise.all(['mine', 'groups'].map(async (view) => (await this.#insist({ account, method: 'GET', path: `/api/v1/tasks?view=${view}` }))['items'] as readonly Body[]));
      const found = items.flat().find((task) => task['elementId'] === elementId && (task['stream'] === this.#case || task['processId'] !== 'correspondence'));
      if (found !== undefined) {
        const id = String(found['id']);
        if (found['assignee'] === null) await this.#insist({ account, method: 'POST', path: `/api/v1/tasks/${id}/claim`, key: this.key(`claim-${elementId}`) });
        return id;
      }
      if (Date.now() > deadline) throw new Error(`Expected ${elementId} to be offered to ${account}, but there is ${JSON.stringify(items)}`);
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  }

  async #complete(account: string, elementId: string, task: string, completion: Body): Promise<void> {
    await this.#insist({ account, method: 'POST', path: `/api/v1/tasks/${task}/complete`, body: completion, key: this.key(`complete-${elementId}`) });
  }

  async #insist(request: Asked): Promise<Body> {
    const answer = await this.#ask(request);
    if (answer === undefined || answer.status >= 300) throw new Error(`Expected ${request.method} ${request.path} of ${request.account} to be accepted, but it answers ${JSON.stringify(answer)}`);
    return answer.body;
  }
}

/** A scan of some size: a PDF whose pages are noise that is the same in every run. */
export function scanOf(bytes: number): Buffer {
  const head = Buffer.from('%PDF-1.7\n% scan\n');
  const noise: Buffer[] = [];
  for (let at = 0; at < bytes; at += 32) noise.push(createHash('sha256').update(`scan ${String(at)}`).digest());
  return Buffer.concat([head, ...noise]).subarray(0, bytes);
}
