// Types of system-packages.mjs for the tests.
export interface MissingCommand {
  readonly command: string;
  readonly why: string;
  readonly reason: string;
}
export function installMissingCommands(
  testTexts: readonly string[],
  say: (line: string) => void,
  surroundings?: { readonly env: NodeJS.ProcessEnv; readonly isRoot: boolean; readonly isDebian: boolean },
): Promise<MissingCommand[]>;
