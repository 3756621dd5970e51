export interface Mail {
  /** Undefined when nobody has told. */
  readonly to: string | undefined;
  /** The same for the same mail, however often it is sent: what shows a repetition to be one. Letters, digits, `-`. */
  readonly id: string;
  readonly subject: string;
  readonly text: string;
  readonly attachment: {
    readonly filename: string;
    readonly type: string;
    readonly content: Uint8Array;
  };
}

export interface Mailer {
  /**
   * `no-address`: there was nobody to send it to.
   * @throws MailRefused it will never be taken; any other error: it may be taken later
   */
  send(mail: Mail): Promise<'sent' | 'no-address'>;
  close(): Promise<void>;
}

/** The address or the mail itself was turned down for good. */
export class MailRefused extends Error {
  override name = 'MailRefused';
}
