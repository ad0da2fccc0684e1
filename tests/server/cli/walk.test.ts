// `piton walk`: procedures walked step by step against the real engine.
import { expect } from 'chai';
import { compile } from '../../../engine/index.ts';
import type { Graph } from '../../../engine/index.ts';
import { readCalendars } from '../../../server/cli/calendars.ts';
import { pathDifference, walkOne } from '../../../server/cli/walk.ts';
import type { Walk } from '../../../server/cli/walk.ts';
import { xmlOf } from '../../engine/support/bpmn.ts';
import { call, Folder } from './called.ts';

const MODEL = `
  start -> user Review outcomes=approve,refuse -> xor Gate default=Refused
  Gate -[outcome = "approve"]-> end Approved
  Gate -> end Refused
  boundary Late on=Review after=P5BD calendar=office -> end TooLate`;
const OFFICE = { id: 'office', version: 1, zone: 'America/St_Lucia', weekend: [6, 7], opens: '08:00', closes: '16:30', holidays: [] };
const APPROVED: Walk = { title: 'approved', steps: [{ complete: 'Review', outcome: 'approve', variables: { a: { b: 1, c: 2 } } }], expect: { state: 'completed', path: ['start', 'Approved'], variables: { a: { b: 1 } }, notCompleted: ['Refused'] } };

describe('Command line: walk', () => {
  const folder = new Folder();
  let graph: Graph;
  const walkIt = (one: Walk): readonly string[] => walkOne('leave', [graph], one, { office: OFFICE }).differences;

  before(async () => {
    const compiled = await compile(xmlOf(MODEL));
    if (Array.isArray(compiled)) throw new Error(JSON.stringify(compiled));
    graph = compiled;
  });
  after(() => folder.remove());

  it('A walk passes when state, path, variables and what was not completed are as expected', () => {
    expect(walkIt(APPROVED)).to.deep.equal([]);
  });

  it('The path is a subsequence of what was completed, in this order', () => {
    expect(pathDifference(['a', 'c'], ['a', 'b', 'c'])).to.deep.equal([]);
    expect(pathDifference(['c', 'a'], ['a', 'b', 'c'])).to.deep.equal(['path: a (number 2) was not completed in this place\nexpected c > a\nactual   a > b > c']);
    expect(pathDifference(['a', 'a'], ['a'])).to.have.length(1);
    expect(pathDifference([], ['a'])).to.deep.equal([]);
  });

  it('Each difference is said in words', () => {
    expect(walkIt({ ...APPROVED, expect: { state: 'active', path: ['Refused'], variables: { a: { b: 2 }, z: 1 }, notCompleted: ['Approved'] } })).to.deep.equal([
      'state: expected active, but it is completed',
      'path: Refused (number 1) was not completed in this place\nexpected Refused\nactual   start > Review > Gate > Approved',
      'expected not to be completed: Approved',
      'variable a: expected {"b":2}, but it is {"b":1,"c":2}',
      'variable z: expected 1, but it is missing',
    ]);
  });

  it('Working-day timers work: the calendars are there', () => {
    expect(walkIt({ title: 'late', steps: [{ advance: 'P8D' }], expect: { path: ['Late', 'TooLate'] } })).to.deep.equal([]);
    expect(walkOne('leave', [graph], { title: 'no calendar', expect: { state: 'active' } }, {}).differences.join()).to.contain('INCIDENT_CALENDAR_UNKNOWN');
  });

  it('A step that does not fit and a case that cannot start are differences', () => {
    expect(walkIt({ ...APPROVED, steps: [{ complete: 'Other' }] }).join()).to.contain('RUN_NOTHING_WAITS');
    expect(walkIt({ ...APPROVED, process: 'Q' }).join()).to.contain('DEFINITION_NOT_FOUND');
    expect(walkIt({ ...APPROVED, at: 'noon' }).join()).to.contain('RUN_TIME_INVALID');
  });

  it('The walks of a folder are printed line by line, with a summary and the exit code', async () => {
    folder.write('good/process.bpmn', 'start -> user A -> end');
    folder.write('good/walk.json', JSON.stringify([{ title: 'through', steps: [{ complete: 'A' }], expect: { state: 'completed' } }]));
    folder.write('bad/process.bpmn', 'start -> user A -> end');
    folder.write('bad/walk.json', JSON.stringify([{ title: 'through', expect: { state: 'completed' } }, { title: 'waits', expect: { state: 'active' } }]));
    const good = await call('walk', `${folder.path}/good`);
    expect([good.code, good.out]).to.deep.equal([0, ['ok   good: through', '1 walks passed, 0 failed']]);
    const bad = await call('walk', `${folder.path}/bad`);
    expect([bad.code, bad.out]).to.deep.equal([1, ['FAIL bad: through', '       state: expected completed, but it is active', 'ok   bad: waits', '1 walks passed, 1 failed']]);
    expect((await call('walk', `${folder.path}/bad`, '--json')).lines[0]).to.have.length(2);
  });

  it('A model that is refused is a failed walk', async () => {
    folder.write('refused/process.bpmn', '<definitions/>');
    folder.write('refused/walk.json', '[]');
    const { code, out } = await call('walk', `${folder.path}/refused`);
    expect([code, out[0]]).to.deep.equal([1, 'FAIL refused: process.bpmn is refused']);
  });

  it('A walk.json that is none is wrong use', async () => {
    folder.write('wrong/process.bpmn', 'start -> end');
    for (const [text, code] of [['[]', 'CLI_WALKS_NOT_FOUND'], ['{}', 'CLI_JSON_INVALID'], ['[{}]', 'CLI_WALK_INVALID'], ['[{"title":"t"}]', 'CLI_WALK_INVALID'], ['[{"title":"t","expect":{"stat":1}}]', 'CLI_WALK_INVALID']] as const) {
      folder.write('wrong/walk.json', text);
      const called = await call('walk', `${folder.path}/wrong`);
      expect([called.code, called.err[0]?.split(':')[0]], text).to.deep.equal([2, code]);
    }
  });

  it('The calendars that come with the server are read by id', () => {
    const path = folder.write('calendars/office.json', JSON.stringify({ id: 'office', zone: 'UTC', weekend: [7], opens: '08:00', closes: '12:00', holidays: [] }));
    expect(readCalendars(path.replace(/\/office\.json$/, ''))).to.deep.equal({ office: { version: 1, id: 'office', zone: 'UTC', weekend: [7], opens: '08:00', closes: '12:00', holidays: [] } });
    expect(readCalendars(`${folder.path}/nowhere`)).to.deep.equal({});
  });
});
