// The mocha reporter of `npm test`: one line per suite, failures in full at the end, totals as JSON for bin/test.mjs.
import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

interface SuiteCount {
  passed: number;
  failed: number;
  skipped: number;
  ms: number;
}

interface ReporterOptions {
  readonly reporterOption?: { readonly totals?: string } | undefined;
}

const { EVENT_RUN_END, EVENT_TEST_FAIL, EVENT_TEST_PASS, EVENT_TEST_PENDING, EVENT_SUITE_END } = Mocha.Runner.constants;

/** Counts per outermost suite; mocha asks a reporter to be the default export of its file. */
export default class SuiteReporter extends Mocha.reporters.Base {
  readonly #suites = new Map<string, SuiteCount>();
  readonly #skipped: string[] = [];

  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions & ReporterOptions) {
    super(runner, options);
    runner.on(EVENT_TEST_PASS, (test) => {
      const count = this.#countOf(test);
      count.passed += 1;
      count.ms += test.duration ?? 0;
    });
    runner.on(EVENT_TEST_FAIL, (test, error: unknown) => {
      this.#countOf(test).failed += 1;
      const said = error instanceof Error ? error.message : String(error);
      console.log(`FAIL  ${test.fullTitle()}\n      ${said.split('\n').slice(0, 3).join('\n      ')}`);
    });
    runner.on(EVENT_TEST_PENDING, (test) => {
      this.#countOf(test).skipped += 1;
      this.#skipped.push(test.fullTitle());
    });
    runner.on(EVENT_SUITE_END, (suite) => {
      if (suite.parent?.root === true) this.#printSuite(suite.title);
    });
    runner.once(EVENT_RUN_END, () => {
      if (this.failures.length > 0) this.epilogue();
      const path = options.reporterOption?.totals;
      const totals = { passed: runner.stats?.passes ?? 0, failed: runner.stats?.failures ?? 0, skipped: this.#skipped };
      if (path === undefined) console.log(`${String(totals.passed)} passed, ${String(totals.failed)} failed, ${String(totals.skipped.length)} skipped`);
      else writeFileSync(path, JSON.stringify(totals));
    });
  }

  #countOf(test: Mocha.Runnable): SuiteCount {
    const title = test.titlePath()[0] ?? '';
    const known = this.#suites.get(title);
    if (known !== undefined) return known;
    const fresh = { passed: 0, failed: 0, skipped: 0, ms: 0 };
    this.#suites.set(title, fresh);
    return fresh;
  }

  #printSuite(title: string): void {
    const count = this.#suites.get(title);
    if (count === undefined) return;
    this.#suites.delete(title);
    const parts = [`${String(count.passed)} passed`];
    if (count.failed > 0) parts.push(`${String(count.failed)} failed`);
    if (count.skipped > 0) parts.push(`${String(count.skipped)} skipped`);
    console.log(`${count.failed > 0 ? 'FAIL ' : 'ok   '} ${title}: ${parts.join(', ')} (${String(Math.round(count.ms))} ms)`);
  }
}
