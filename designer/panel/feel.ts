/** FEEL as a model keeps it: with a leading `=`. */

/** Empty stays empty. */
export function asFeel(text: string): string {
  const trimmed = text.trim();
  return trimmed === '' || trimmed.startsWith('=') ? trimmed : `=${trimmed}`;
}
