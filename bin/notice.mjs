// Writes NOTICE: every package that is delivered with Piton, its version, licence and the licence's own words where it ships them.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';

const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
const delivered = Object.entries(lock.packages).filter(([path, about]) => path !== '' && !about.dev && existsSync(join(root, path)));
const parts = delivered.map(([path, { version }]) => {
  const folder = join(root, path);
  const { name, license, licenses } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const licence = typeof license === 'string' ? license : (license?.type ?? licenses?.map((each) => each.type).join(' OR ') ?? 'not stated');
  const file = readdirSync(folder).find((each) => /^(licen[cs]e|copying)(\.|$)/i.test(each));
  const words = file === undefined ? 'The package ships no licence file.' : readFileSync(join(folder, file), 'utf8').trim();
  return `${name} ${version} (${licence})\n\n${words.replace(/\r/g, '')}\n`;
});
writeFileSync(join(root, 'NOTICE'), `Piton is delivered with these packages.\n\n${parts.join(`\n${'-'.repeat(78)}\n\n`)}`);
process.stdout.write(`NOTICE names ${parts.length} packages.\n`);
