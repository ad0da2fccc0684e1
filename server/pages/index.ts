/** The pages of officers: sign-in, work lists, tasks, cases, notices; server-rendered, no script needed. */
import { Formats } from '../../desk/format.ts';
import { absencePages } from './absence-pages.ts';
import type { AppPages } from './app-pages.ts';
import { casePages } from './case-pages.ts';
import { dataStorePages } from './data-store-pages.ts';
import { designerPages } from './designer-pages.ts';
import { Drafts } from './drafts.ts';
import { renderFailure } from './failure-pages.ts';
import { managePages } from './manage-pages.ts';
import { migrationPages } from './migration-pages.ts';
import { monitorPages } from './monitor-pages.ts';
import type { PagesNeeds } from './needs.ts';
import { overviewPages } from './overview-pages.ts';
import { registryPages } from './registry-pages.ts';
import { sessionPages } from './session-pages.ts';
import { Frames } from './shell.ts';
import { startPages } from './start-pages.ts';
import { taskChangePages } from './task-change-pages.ts';
import { taskPages } from './task-pages.ts';
import type { Assets } from '../http/contract/bind.ts';

/** `served`: from {@link buildAssets}. Hand `errorPage` to the app. */
export function pagesModule(needs: PagesNeeds, served: readonly Assets[]): AppPages {
  const frames = new Frames(needs);
  const formats = new Formats(needs.zone);
  const drafts = new Drafts(needs.deskStore, needs.clock, needs.ids);
  return {
    name: 'pages', routes: [], assets: served,
    pages: [...sessionPages(needs, frames), ...taskPages(needs, frames, formats, drafts), ...taskChangePages(needs, frames, formats), ...startPages(needs, frames, formats, drafts), ...overviewPages(needs, frames, formats), ...casePages(needs, frames, formats), ...managePages(needs, frames), ...migrationPages(needs, frames, formats), ...designerPages(needs, frames, formats), ...monitorPages(needs, frames, formats), ...registryPages(needs, frames, formats), ...dataStorePages(needs, frames, formats), ...absencePages(needs, frames, formats)],
    errorPage: (failed, about) => renderFailure(frames, failed, about),
  };
}
