/** What is deployed with a model: its forms and decisions, byte for byte, and what an analyst may know of the fields of a form (form-js JSON). */
import type { BlobStore } from '../ports/blob-store.ts';
import type { DefinitionVersion, DeploymentFile } from '../runtime/types.ts';
import type { ModelBody } from '../http/contract/models.ts';

type FormBody = ModelBody['forms'][number];

/** The files of all forms of these versions; of two with one id the later version's counts. */
export function formFiles(live: readonly DefinitionVersion[], blobs: BlobStore): Promise<readonly DeploymentFile[]> {
  return files(live.map(({ deployedAt, forms }) => ({ deployedAt, hashes: forms })), blobs, 'form');
}

/** The files of all decisions of these versions; a file with several decisions comes once. */
export function decisionFiles(live: readonly DefinitionVersion[], blobs: BlobStore): Promise<readonly DeploymentFile[]> {
  return files(live.map(({ deployedAt, decisions }) => ({ deployedAt, hashes: decisions })), blobs, 'dmn');
}

async function files(versions: readonly { readonly deployedAt: string; readonly hashes: Readonly<Record<string, string>> }[], blobs: BlobStore, ending: string): Promise<readonly DeploymentFile[]> {
  const inOrder = [...versions].sort((left, right) => (left.deployedAt < right.deployedAt ? -1 : 1));
  const byId = new Map(inOrder.flatMap(({ hashes }) => Object.entries(hashes)));
  const byHash = new Map([...byId].map(([id, hash]) => [hash, id]));
  return Promise.all([...byHash].map(async ([hash, id]) => {
    const content = await blobs.get(hash);
    if (content === undefined) throw new Error(`Expected ${ending} ${id} (${hash}) in the blob store, but it is missing; restore it from a backup`);
    return { name: `${id.replace(/[^\w.-]+/g, '-')}.${ending}`, content: Buffer.from(content).toString('utf8') };
  }));
}

/** Id and fields of each form. */
export function describeForms(deployed: readonly DeploymentFile[]): FormBody[] {
  return deployed.map(({ content }) => {
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
