export interface Mail {
  /** Undefined if the address is unknown. */
  readonly to: string | undefined;
  /** The same for a repeated mail, so that a mail program recognizes it. Letters, digits, `-`. */
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
   * `no-address`: the mail has no recipient.
   * @throws MailRefused the mail will never be accepted; any other error: it may be accepted later
   */
  send(mail: Mail): Promise<'sent' | 'no-address'>;
  close(): Promise<void>;
}

/** The server rejects the address or the mail permanently. */
export class MailRefused extends Error {
  override name = 'MailRefused';
}
