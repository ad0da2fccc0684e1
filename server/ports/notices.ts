/** The port of telling people something outside a task: a notice on their desk, later also mail. At least once; `key` makes a repeat harmless. */
export interface Notice {
  readonly key: string;
  readonly to: { readonly person?: string; readonly group?: string };
  readonly subject: string;
  readonly text: string;
  readonly stream?: string;
  readonly at: string;
}

export interface Notices {
  send(notice: Notice): Promise<void>;
}
