// Types of setup.mjs for TypeScript.
export const root: string;
export interface Ready {
  readonly nodePath: string;
}
export function readReady(wanted?: { readonly production?: boolean | undefined }): Ready | undefined;
export function ensureReady(how?: { readonly quiet?: boolean; readonly production?: boolean | undefined }): Promise<Ready>;
export function chooseRuntime(candidates: readonly { readonly nodePath: string; readonly version: string }[], currentVersion: string, currentPath: string): Ready | undefined;
