/** A folder of processes/ as the tests read it: model, decisions, walks, forms. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile, compileDecisionFiles, doStep, World } from '../../engine/index.ts';
import type { Graph, InstanceEvent, ScenarioStep, Variables } from '../../engine/index.ts';
import { readCalendars } from '../../server/cli/calendars.ts';

const PROCESSES = join(dirname(fileURLToPath(import.meta.url)), '../../processes');

export interface Walk {
  readonly title: string;
  readonly process: string;
  readonly variables: Variables;
  readonly steps: readonly ScenarioStep[];
}

export interface FormComponent {
  readonly key?: string;
  readonly components?: readonly FormComponent[];
}

export interface FormSchema {
  readonly id: string;
  readonly components: readonly FormComponent[];
}

export function procedureNames(): string[] {
  return readdirSync(PROCESSES).filter((name) => existsSync(join(PROCESSES, name, 'process.bpmn')));
}

export class Procedure {
  readonly name: string;
  readonly folder: string;
  readonly xml: string;
  readonly walks: readonly Walk[];
  /** By file name without ending. */
  readonly forms: ReadonlyMap<string, FormSchema>;
  readonly decisions: readonly { readonly name: string; readonly content: string }[];

  constructor(name: string) {
    this.name = name;
    this.folder = join(PROCESSES, name);
    this.xml = this.read('process.bpmn');
    this.walks = JSON.parse(this.read('walk.json')) as readonly Walk[];
    this.forms = new Map(this.#files('forms').map((file) => [file.replace(/\.form$/, ''), JSON.parse(this.read(`forms/${file}`)) as FormSchema]));
    this.decisions = this.#files('decisions').map((file) => ({ name: file, content: this.read(`decisions/${file}`) }));
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  async deployed(): Promise<Graph> {
    const graph = await compile(this.xml);
    if (Array.isArray(graph)) throw new Error(graph.map(({ message }) => message).join('\n'));
    return graph;
  }

  /** The events of all walks, played on a virtual clock. */
  async played(): Promise<readonly InstanceEvent[]> {
    const graph = await this.deployed();
    const { files } = compileDecisionFiles(this.decisions);
    const events: InstanceEvent[] = [];
    for (const walk of this.walks) {
      const world = new World({ at: '2026-01-05T09:00:00Z', zone: 'America/St_Lucia', calendars: readCalendars(), onRecord: (record) => { events.push(...record.events as readonly InstanceEvent[]); } });
      world.deploy(graph, files);
      world.start(walk.process, walk.variables);
      walk.steps.forEach((step, index) => { doStep(world, step, index + 1); });
    }
    return events;
  }

  #files(folder: string): readonly string[] {
    return existsSync(join(this.folder, folder)) ? readdirSync(join(this.folder, folder)) : [];
  }
}
