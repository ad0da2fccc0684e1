// Types of bpmn-support-rows.mjs for the tests.
import type { SupportRows } from './bpmn-support.d.mts';
export const ROWS: SupportRows;
