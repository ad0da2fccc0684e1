/** The file plan (ISO 15489-1, classification scheme): series are opened through the log, each with its class and retention rule. */
import type { Answer, CommandMeta, Runtime } from '../runtime/types.ts';
import { refusal } from './errors.ts';
import { FILE_PLAN_STREAM } from './events.ts';
import type { FilePlanEvent, FileSeries } from './events.ts';

export interface FilePlan {
  /** Opens a series; the same again changes nothing. Refuses with REGISTRY_SERIES_TAKEN. */
  open(series: FileSeries, meta: CommandMeta): Promise<Answer>;
  find(series: string): Promise<FileSeries | undefined>;
}

export function createFilePlan(runtime: Pick<Runtime, 'change'>): FilePlan {
  return {
    open: (series, meta) => runtime.change<FilePlanEvent>(FILE_PLAN_STREAM, 'OpenFileSeries', meta, (earlier) => {
      const known = earlier.find((opened) => opened.series === series.series);
      if (known === undefined) return [{ type: 'FileSeriesOpened', ...series }];
      const isSame = known.title === series.title && known.recordClass === series.recordClass && known.retention === series.retention;
      return isSame ? [] : refusal('REGISTRY_SERIES_TAKEN', { series: series.series });
    }),
    async find(series) {
      let found: FileSeries | undefined;
      await runtime.change<FilePlanEvent>(FILE_PLAN_STREAM, 'ReadFilePlan', { actor: { person: 'system', groups: [] } }, (earlier) => {
        found = earlier.find((opened) => opened.series === series);
        return [];
      });
      return found;
    },
  };
}
