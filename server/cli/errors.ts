/** What the command line refuses, and how it says so: `CODE: Expected X, but Y` and a hint on standard error. */

export const CLI_ERRORS = {
  CLI_COMMAND_UNKNOWN: { message: 'Expected a command of piton, but {command} is none', hint: 'Call piton without arguments to see the commands.' },
  CLI_COMMAND_ABSENT: { message: 'Expected {file} for the command {command}, but this copy does not contain it', hint: 'Take a complete copy of the repository.' },
  CLI_ARGUMENT_MISSING: { message: 'Expected {what}, but it is missing', hint: 'Usage: {usage}' },
  CLI_ARGUMENT_SURPLUS: { message: 'Expected nothing after {last}, but there is {surplus}', hint: 'Usage: {usage}' },
  CLI_OPTION_UNKNOWN: { message: 'Expected an option of this command, but {option} is none', hint: 'Usage: {usage}' },
  CLI_OPTION_VALUE: { message: 'Expected a value after {option}, but there is none', hint: 'Usage: {usage}' },
  CLI_OPTION_INVALID: { message: 'Expected {option} to be {wanted}, but it is {found}', hint: 'Usage: {usage}' },
  CLI_FILE_NOT_READ: { message: 'Expected to read {file}, but {reason}', hint: 'Check the path; it is read from the folder piton is called in.' },
  CLI_IMPORT_UNREADABLE: { message: 'Expected {file} to be a BPMN file, but in line {line} {reason}', hint: 'Export it again from the tool it comes from.' },
  CLI_IMPORT_OVERWRITES: { message: 'Expected to write {file}, but it is the file that is imported', hint: 'Name another folder by --to; the original stays as it is.' },
  CLI_FILE_NOT_WRITTEN: { message: 'Expected to write {file}, but {reason}', hint: 'Check the folder or file named by --to.' },
  CLI_FILE_NOT_SIGNED: { message: 'Expected {file} to be a PDF file, an envelope or the proof of a case, but it is of another kind', hint: 'Give a signed PDF file, an ASiC-E container or what `piton audit prove` wrote, or name the detached signature of any other file with --signature.' },
  CLI_TRUST_MISSING: { message: 'Expected the root certificate of this installation in {file}, but there is none', hint: 'Name a root with --trust, or the data folder with PITON_DATA.' },
  CLI_TRUST_INVALID: { message: 'Expected {file} to hold root certificates in PEM, but it does not', hint: 'A root begins with -----BEGIN CERTIFICATE-----; /api/v1/trust-anchors of the signer serves it.' },
  CLI_JSON_INVALID: { message: 'Expected {what} to be {wanted}, but {reason}', hint: 'Give JSON, or @FILE to read it from a file.' },
  CLI_PROCESS_UNKNOWN: { message: 'Expected an executable process {processId} in {file}, but it has {known}', hint: 'Name one of them by --process; add --force-executable for one with isExecutable="false".' },
  CLI_AUTO_ENDLESS: { message: 'Expected --auto to come to an end, but {count} tasks were completed and more keep coming', hint: 'The process loops through its tasks; use --steps and choose outcomes.' },
  CLI_WALKS_NOT_FOUND: { message: 'Expected walks in {file}, but {reason}', hint: 'Name a folder of processes/, or all.' },
  CLI_WALK_INVALID: { message: 'Expected walk {number} of {file} to have {wanted}, but it has not', hint: 'A walk is {title, process, variables, steps, expect: {state, path, variables, notCompleted}}.' },
} as const;

export type CliCode = keyof typeof CLI_ERRORS;

/** A command line that cannot be done; exit code 2. `code` from CLI_ERRORS. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: CliCode;
  readonly hint: string;

  constructor(code: CliCode, values: Readonly<Record<string, string | number>>) {
    super(filled(CLI_ERRORS[code].message, values));
    this.code = code;
    this.hint = filled(CLI_ERRORS[code].hint, values);
  }
}

function filled(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(values, name) ? String(values[name]) : whole));
}
