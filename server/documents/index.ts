/** Official documents: implements the renderer port and the attempts port, and does the job `document-generate`. */
import { AttemptBook } from './attempts.ts';
import { generateJob } from './generate.ts';
import { openRenderer } from './pool.ts';
import { TemplateBook } from './templates.ts';

export { AttemptBook, generateJob, openRenderer, TemplateBook };
