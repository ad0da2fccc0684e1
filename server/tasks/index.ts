/** The tasks of officers: their tables, their lists, their verbs, and the routes of the API. */
import type { Directory } from '../ports/directory.ts';
import type { Projections } from '../ports/projections.ts';
import type { HttpModule } from '../http/contract/bind.ts';
import type { Projection, Runtime } from '../runtime/types.ts';
import { TaskBook } from './book.ts';
import { TaskLists } from './lists.ts';
import { TaskNames } from './names.ts';
import { Papers } from './papers.ts';
import type { PapersNeeds } from './papers.ts';
import { taskProjection, taskTables } from './projection.ts';
import type { CaseTable, TaskTables } from './projection.ts';
import { taskRoutes } from './routes.ts';
import { TaskVerbs } from './verbs.ts';
import type { TaskForms } from './verbs.ts';

export interface TasksModule extends HttpModule {
  readonly lists: TaskLists;
  readonly book: TaskBook;
  readonly verbs: TaskVerbs;
}

/** Declares the tables and makes the projection; call before the projections are opened. `cases`: the table of cases. */
export function tasksProjection(projections: Projections, cases: CaseTable): { readonly tables: TaskTables; readonly projection: Projection } {
  const tables = taskTables(projections, cases);
  return { tables, projection: taskProjection(tables) };
}

export function tasksModule(needs: { readonly runtime: Runtime; readonly tables: TaskTables; readonly directory: Directory; readonly forms: TaskForms; readonly papers: PapersNeeds }): TasksModule {
  const { runtime, tables, directory, forms } = needs;
  const names = new TaskNames(runtime.definitions, directory);
  const lists = new TaskLists(tables, names);
  const book = new TaskBook(runtime, names);
  const verbs = new TaskVerbs(runtime, book, names, directory, forms, new Papers(needs.papers));
  return { name: 'tasks', routes: taskRoutes(runtime, lists, book, verbs), lists, book, verbs };
}
