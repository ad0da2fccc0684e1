/** The static files of the desk: named by content, small, without foreign typefaces, and plain JavaScript. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { buildAssets } from '../../../server/pages/assets.ts';
import type { BuiltAssets } from '../../../server/pages/assets.ts';
import { subsetCss } from '../../../server/pages/css-subset.ts';

describe('Pages: static files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'piton-assets-'));
  let built: BuiltAssets;
  const content = (path: string): string => readFileSync(join(folder, path.replace('/assets/', '')), 'utf8');

  before(async () => { built = await buildAssets(folder); });
  after(() => { rmSync(folder, { recursive: true }); });

  it('Names carry a hash of the content, and the same content has the same name.', async () => {
    const { islands: _bundled, ...named } = built.names;
    for (const name of Object.values(named)) expect(name).to.match(/^\/assets\/[a-z]+\.[0-9a-f]{16}\.(css|js|svg)$/);
    expect((await buildAssets(folder)).names).to.deep.equal(built.names);
    expect(readdirSync(folder).filter((name) => !/\.(br|gz)$/.test(name))).to.have.length(3);
    expect(readdirSync(folder)).to.have.length(9);
  });

  it('The style sheet has no typeface that is reserved to gov.uk, loads nothing, and has no parts that are not used.', () => {
    const css = content(built.names.stylesheet);
    expect(css).to.not.match(/GDS Transport|@font-face|@import|url\(|crown|cookie-banner|\/\*/i);
    expect(css).to.contain('.govuk-error-summary').and.contain('.desk-table').and.contain('system-ui');
    expect((css.match(/\{/g) ?? []).length).to.equal((css.match(/\}/g) ?? []).length);
  });

  it('Style sheet and script together are at most 30 KB compressed.', () => {
    expect(gzipSync(content(built.names.stylesheet)).length + gzipSync(content(built.names.script)).length).to.be.at.most(30 * 1024);
  });

  it('The script is JavaScript as it stands.', () => {
    expect(() => new Script(content(built.names.script))).to.not.throw();
  });

  it('Cutting a style sheet keeps what is named and what names no component.', () => {
    const css = '@charset "UTF-8";@font-face{src:url(x)}.govuk-tag,.govuk-tabs{a:b}@media print{.govuk-tabs{c:d}}@media screen{.govuk-tag:not(.x,.y){e:f}body{g:h}}.govuk-\\!-margin{i:j}@keyframes k{from{l:m}}';
    expect(subsetCss(css, ['tag'])).to.equal('.govuk-tag{a:b}@media screen{.govuk-tag:not(.x,.y){e:f}body{g:h}}@keyframes k{from{l:m}}');
  });
});
