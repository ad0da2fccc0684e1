// Soundness of inclusive gateways, event sub-processes, transactions, links, ad-hoc sub-processes and of what instantiates.
import { expect } from 'chai';
import { soundness } from '../../../engine/bpmn/soundness.ts';
import { processOf } from '../support/bpmn.ts';

async function kinds(text: string): Promise<readonly string[]> {
  const report = soundness(await processOf(text));
  expect(report.decided).to.equal(true);
  return report.findings.map(({ kind, elementId }) => `${kind} ${elementId}`);
}

const SPLIT = `
  start -> or Split default=A
  Split -> user A -> JOIN Join -> end
  Split -[b]-> user B -> Join
  Split -[c]-> user C -> Join`;

describe('BPMN: soundness of what is not block-structured', () => {
  it('An inclusive split with an inclusive join is sound', async () => {
    expect(await kinds(SPLIT.replace('JOIN', 'or'))).to.deep.equal([]);
  });

  it('An inclusive split with a parallel join can wait for ever', async () => {
    expect(await kinds(SPLIT.replace('JOIN', 'and'))).to.deep.equal(['deadlock Join']);
  });

  it('An inclusive split whose branches meet without a join runs what follows twice', async () => {
    expect(await kinds(SPLIT.replace('JOIN', 'xor').replace('-> end', '-> user D -> end'))).to.deep.equal(['lack-of-synchronisation Join']);
  });

  it('A join that waits for what can still arrive is sound although one branch ends elsewhere', async () => {
    expect(await kinds(`
      start -> and Fork -> user A -> or Join -> end
      Fork -> user B -> xor Gate default=Join
      Gate -[stop]-> end Gone
      Gate -> Join`)).to.deep.equal([]);
  });

  it('Conditional flows behind an activity can run side by side', async () => {
    expect(await kinds('start -> user Work -> and Join -> end\n Work -[a]-> user A -> Join')).to.deep.equal(['deadlock Join']);
    expect(await kinds('start -> user Work default=A\n Work -[b]-> user B -> or Join -> end\n Work -> user A -> Join')).to.deep.equal([]);
  });

  it('Event sub-processes are reached, and a case ends although they wait', async () => {
    expect(await kinds(`
      start -> user Work -> end
      sub Stop event {
        start On message=Stop key="=id" -> user Told -> end Out
      }
      sub Note event {
        start Each after=PT1H beside -> end Noted
      }`)).to.deep.equal([]);
    expect(await kinds(`
      sub S {
        start In -> end Wrong error=E1
        sub Mend event {
          start On error=E1 -> user Repair -> end Mended
        }
      }
      start -> S -> end`)).to.deep.equal([]);
  });

  it('What only undoes is not unreachable', async () => {
    expect(await kinds(`
      tx T {
        start In -> user Reserve -> xor Gate default=Out
        Gate -[no]-> end No cancel
        Gate -> end Out
        boundary BR on=Reserve compensate by=Release
        user Release undo
      }
      start -> T -> end
      boundary Canceled on=T cancel -> end Sorry`)).to.deep.equal([]);
  });

  it('A cancel boundary event that nothing throws to is unreachable', async () => {
    expect(await kinds('tx T {\n start In -> end Out\n }\n start -> T -> end\n boundary Canceled on=T cancel -> end Sorry')).to.include('unreachable Sorry');
  });

  it('Links, loops and ad-hoc sub-processes are followed', async () => {
    expect(await kinds('start -> user A times=3 -> throw Out link=L\n catch In link=L -> user B while="=again" -> end')).to.deep.equal([]);
    expect(await kinds('adhoc S {\n user A -> user B\n user C\n }\n start -> S -> end')).to.deep.equal([]);
  });

  it('What a message starts is reached; a gateway of the type Parallel begins with all of its events', async () => {
    expect(await kinds('receive Apply message=A instantiate -> user Check -> end')).to.deep.equal([]);
    expect(await kinds('first All instantiate parallel -> catch Form message=F key="=id" -> and Join -> end\n All -> catch Fee message=G key="=id" -> Join')).to.deep.equal([]);
    expect(await kinds('first One instantiate -> catch Form message=F key="=id" -> and Join -> end\n One -> catch Fee message=G key="=id" -> Join')).to.deep.equal(['deadlock Join']);
  });

  it('Where tokens are counted it is not decided', async () => {
    for (const text of ['start -> user Work needs=2 -> end', 'start -> user Work gives=2 -> end', 'start -> and F -> user A -> complex Two when="=activationCount > 1" -> end\n F -> user B -> Two']) {
      expect(soundness(await processOf(text)).decided).to.equal(false);
    }
  });
});
