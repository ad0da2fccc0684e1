/** The templates of the installation: folders `templates/<name>/` with template.hbs and schema.json, read when they are asked for. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDataReader } from './data.ts';
import type { DataReader, DataSchema } from './data.ts';
import { DocumentError } from './errors.ts';

/** A template as it is on disk. `sha256`: of the text and the schema together. `title`: of the kind of document. */
export interface Template {
  readonly name: string;
  readonly text: string;
  readonly sha256: string;
  readonly title: string;
  readonly reader: DataReader;
}

const NAME = /^[a-z][a-z0-9-]{0,63}$/;

export class TemplateBook {
  readonly #folder: string;

  /** `folder`: where the templates' folders stand. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  names(): string[] {
    return existsSync(this.#folder) ? readdirSync(this.#folder).filter((name) => this.has(name)).sort() : [];
  }

  has(name: string): boolean {
    return NAME.test(name) && existsSync(join(this.#folder, name, 'template.hbs'));
  }

  /** Throws DOCUMENT_TEMPLATE_UNKNOWN, DOCUMENT_TEMPLATE_INCOMPLETE. */
  get(name: string): Template {
    if (!this.has(name)) throw new DocumentError('DOCUMENT_TEMPLATE_UNKNOWN', { name, known: this.names().join(', ') });
    const text = this.#read(name, 'template.hbs');
    const schemaText = this.#read(name, 'schema.json');
    let schema: DataSchema;
    let reader: DataReader;
    try {
      schema = JSON.parse(schemaText) as DataSchema;
      reader = createDataReader(schema, name);
    } catch (error) {
      throw incomplete(name, 'schema.json', error);
    }
    const sha256 = createHash('sha256').update(text).update('\0').update(schemaText).digest('hex');
    return { name, text, sha256, title: schema.title ?? name, reader };
  }

  #read(name: string, file: string): string {
    try {
      return readFileSync(join(this.#folder, name, file), 'utf8');
    } catch (error) {
      throw incomplete(name, file, error);
    }
  }
}

function incomplete(name: string, file: string, error: unknown): DocumentError {
  return new DocumentError('DOCUMENT_TEMPLATE_INCOMPLETE', { name, file, reason: error instanceof Error ? error.message : String(error) });
}
