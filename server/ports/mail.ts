/** The port of mail: a letter is handed to a mail server, for somebody outside the installation. */

/** A file of a letter; it arrives byte for byte. */
export interface Enclosure {
  readonly name: string;
  /** Media type. */
  readonly type: string;
  readonly content: Uint8Array;
}

export interface Letter {
  /** The same for the same letter whenever it is sent again, so that mail systems see a duplicate for what it is. Letters, digits, dots and hyphens. */
  readonly id: string;
  /** One address. */
  readonly to: string;
  readonly subject: string;
  /** Plain text, lines separated by `\n`. */
  readonly text: string;
  readonly enclosures: readonly Enclosure[];
}

export interface Mail {
  /**
   * Resolves when the mail server has taken the letter over; answers what it said. Rejects with an error that has a code and a hint. After a
   * rejection it may have been taken all the same: who sends it again may make a duplicate, never a loss.
   */
  send(letter: Letter, signal?: AbortSignal): Promise<string>;
}
