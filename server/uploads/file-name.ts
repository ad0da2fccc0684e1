/** The name of a file as it may be shown, stored and offered for download: no path, no control characters, no tricks of direction. */

const MOST = 120;
// Control and format characters: among them the marks that let "annexfdp.exe" be read as "annexexe.pdf" (Unicode TR36, 2.10).
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\u2028\u2029]/gu;
const RESERVED = /[<>:"/\\|?*]/g;

/** Never empty; keeps the ending when the name is shortened. */
export function safeFileName(given: string): string {
  const last = given.normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const plain = last.replace(UNSEEN, '').replace(RESERVED, '_').replace(/\s+/g, ' ').replace(/^[. ]+|[. ]+$/g, '');
  if (plain === '') return 'file';
  const letters = Array.from(plain);
  if (letters.length <= MOST) return plain;
  const ending = /\.[A-Za-z0-9]{1,10}$/.exec(plain)?.[0] ?? '';
  return `${letters.slice(0, MOST - ending.length).join('')}${ending}`;
}
