/** The forms that are deployed with a model: their files, byte for byte, and what an analyst may know of their fields (form-js JSON). */
import type { BlobStore } from '../ports/blob-store.ts';
import type { DefinitionVersion, DeploymentFile } from '../runtime/types.ts';
import type { ModelBody } from '../http/contract/models.ts';

type FormBody = ModelBody['forms'][number];

/** The files of all forms of these versions; of two with one id the later version's counts. */
export async function formFiles(live: readonly DefinitionVersion[], blobs: BlobStore): Promise<readonly DeploymentFile[]> {
  const hashes = new Map([...live].sort((left, right) => (left.deployedAt < right.deployedAt ? -1 : 1)).flatMap(({ forms }) => Object.entries(forms)));
  return Promise.all([...hashes].map(async ([id, hash]) => {
    const content = await blobs.get(hash);
    if (content === undefined) throw new Error(`Expected form ${id} (${hash}) in the blob store, but it is missing; restore it from a backup`);
    return { name: `${id.replace(/[^\w.-]+/g, '-')}.form`, content: Buffer.from(content).toString('utf8') };
  }));
}

/** Id and fields of each form. */
export function describeForms(files: readonly DeploymentFile[]): FormBody[] {
  return files.map(({ content }) => {
    const form = JSON.parse(content) as { readonly id: string; readonly components?: readonly Component[] };
    return { id: form.id, fields: fieldsOf(form.components ?? []) };
  }).sort((left, right) => (left.id < right.id ? -1 : 1));
}

interface Component {
  readonly key?: unknown;
  readonly label?: unknown;
  readonly components?: readonly Component[];
}

function fieldsOf(components: readonly Component[]): FormBody['fields'] {
  return components.flatMap(({ key, label, components: inner }) => [
    ...(typeof key === 'string' && key !== '' ? [{ key, label: typeof label === 'string' ? label : '' }] : []), ...fieldsOf(inner ?? []),
  ]);
}
