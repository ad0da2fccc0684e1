/** The command `piton.edit` of the command stack of bpmn-js: an edit of the model as one step that can be undone. */
import { applyEdit } from '../model/edit.ts';
import type { Edit } from '../model/edit.ts';
import type { DrawnElement } from './services.ts';

export const EDIT_COMMAND = 'piton.edit';

/** `touched`: what has to be drawn again. */
export interface EditContext {
  readonly edit: Edit;
  readonly touched: readonly DrawnElement[];
  back?: Edit;
}

/** As the command stack calls it: it redraws what the methods answer. */
export class EditHandler {
  static readonly $inject: readonly string[] = [];

  execute(context: EditContext): readonly DrawnElement[] {
    context.back = applyEdit(context.edit);
    return context.touched;
  }

  revert(context: EditContext): readonly DrawnElement[] {
    applyEdit(context.back ?? []);
    return context.touched;
  }
}
