/** The letter that carries sealed heads out of the house: what they are, how to keep them and how they are checked, for who has never heard of them. */
import { createHash } from 'node:crypto';
import type { SealedHead } from '../ports/head-book.ts';
import type { Letter } from '../ports/mail.ts';
import { writtenIn } from './anchor-notes.ts';
import type { Head } from './index.ts';

/** `heads`: at least one, the oldest first. `installation`: how people know it. Its id is of its content and recipient: made again it is the same. */
export function letterOf(heads: readonly SealedHead[], to: string, installation: string): Letter {
  const days = heads.map(({ name }) => name);
  const [first = '', last = ''] = [days[0], days.at(-1)];
  const lines = heads.map(({ content }) => writtenIn(content));
  const newest = lines.at(-1);
  const span = heads.length === 1 ? first : `${first} to ${last}`;
  return {
    id: `piton-head-${last}.${fingerprint(heads, to)}`,
    to,
    subject: `Sealed ${heads.length === 1 ? 'head' : 'heads'} of the log of Piton, ${span}: commit ${String(newest?.position ?? '?')}`,
    text: words({ days, lines, installation }),
    enclosures: heads.flatMap(({ name, content, signature }) => [
      { name: `${name}.json`, type: 'application/json', content },
      // Not its own media type: mail programs would take it for the signature of the letter, and hide it.
      { name: `${name}.p7s`, type: 'application/octet-stream', content: signature },
    ]),
  };
}

function fingerprint(heads: readonly SealedHead[], to: string): string {
  const hash = createHash('sha256').update(to);
  for (const { name, content, signature } of heads) hash.update(name).update(content).update(signature);
  return hash.digest('hex').slice(0, 32);
}

function words({ days, lines, installation }: { readonly days: readonly string[]; readonly lines: readonly (Head | undefined)[]; readonly installation: string }): string {
  const day = days.at(-1) ?? '';
  const table = lines.flatMap((head, at) => (head === undefined
    ? [`  ${days[at] ?? ''}   cannot be read: have the machine examined`]
    : [`  ${days[at] ?? ''}   commit ${String(head.position)}   sealed by ${head.agency}`, `    ${head.hash}`]));
  // Short lines: mail programs leave them as they are (RFC 5322, 2.1.1).
  return `Please keep this message. A program sent it; nobody reads answers.

From: Piton at ${installation}

WHAT IT IS
Every act in Piton stands in a log that can only grow. Once a day its
last line is written down, together with a fingerprint of everything
before it, and sealed by the agency with a time stamp: the sealed head.
Attached ${lines.length === 1 ? 'is one, in two files' : `are ${String(lines.length)}, in two files each`}:
what was written down (.json), and its seal (.p7s).

${table.join('\n')}

As long as somebody outside has it, nobody can change or cut off what
the log held up to that commit without being found out: not an officer,
not the people who run the machine, not who breaks in.

HOW TO KEEP IT
Leave the message and its attachments as they are, where the people who
run Piton cannot delete them: a mailbox of the auditor, or copies on a
medium in a safe. The files name no person and hold nothing that anybody
wrote; they need not be kept secret. If on two days running no such
message comes, ask why.

HOW IT IS CHECKED
That the log still holds it, where the log is or a backup was restored:

  piton audit verify --heads ${day}.json

"The chain is whole" is a yes. "Commit ... is not as it was written", or
"the end was cut off", is a no: keep the files, and have the machine
examined.

That the seal is the agency's and the file unchanged, anywhere, offline:

  piton verify ${day}.json --signature ${day}.p7s --trust root.pem

root.pem is the root certificate of the installation
(authority/root.pem). Get it once, in person, and keep it with these
messages.
`;
}
