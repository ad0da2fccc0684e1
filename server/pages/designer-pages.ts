/** The analyst's pages: the library of procedures, the designer of one of them, and its decisions. */
import { z } from 'zod';
import type { Formats } from '../../desk/format.ts';
import { decisionPage, designerPage, libraryPage } from '../../designer/pages.ts';
import { bindPage } from '../http/contract/bind.ts';
import type { BoundPage } from '../http/contract/bind.ts';
import { notFound } from '../http/contract/failure.ts';
import { definePage } from '../http/contract/route.ts';
import type { PagesNeeds } from './needs.ts';
import type { Frames } from './shell.ts';

const library = definePage({ name: 'designer-library', method: 'get', path: '/designer', access: 'model' });
const begin = definePage({ name: 'designer-begin', method: 'post', path: '/designer', access: 'model', body: z.object({ name: z.string().max(200) }) });
/** bpmn-js draws with style attributes and carries small pictures in its style sheet. */
const sources = { 'style-src-attr': ["'unsafe-inline'"], 'img-src': ['data:'] };
const design = definePage({ name: 'designer', method: 'get', path: '/designer/:id', access: 'model', params: z.object({ id: z.string().min(1).max(200) }), sources });
const decide = definePage({ name: 'designer-decisions', method: 'get', path: '/designer/:id/decisions/:decisionId', access: 'model', params: z.object({ id: z.string().min(1).max(200), decisionId: z.string().min(1).max(200) }) });

export function designerPages(needs: PagesNeeds, frames: Frames, formats: Formats): BoundPage[] {
  return [
    bindPage(library, async (context) => ({ html: libraryPage({ shell: await frames.shell(context, 'designer'), formats, procedures: await needs.models.list() }) })),
    bindPage(begin, async (context) => {
      const name = context.body.name.trim();
      if (name !== '') return { redirect: `/designer/${encodeURIComponent(await needs.models.begin(name, context.person.id))}` };
      const shell = await frames.shell(context, 'designer');
      return { html: libraryPage({ shell, formats, procedures: await needs.models.list(), error: 'Enter the name of the procedure' }), status: 422 };
    }),
    bindPage(design, async (context) => {
      const model = await needs.models.find(context.params.id);
      if (model === undefined) throw notFound(`procedure ${context.params.id}`);
      return { html: designerPage({ shell: await frames.shell(context, 'designer'), zone: needs.zone, id: model.id, name: model.name }) };
    }),
    bindPage(decide, async (context) => {
      const { id, decisionId } = context.params;
      const model = await needs.models.find(id);
      if (model?.decisions.some((decision) => decision.id === decisionId) !== true) throw notFound(`decision ${decisionId} of procedure ${id}`);
      return { html: decisionPage({ shell: await frames.shell(context, 'designer'), zone: needs.zone, id: model.id, name: model.name, decision: decisionId }) };
    }),
  ];
}
