import type { Money } from '../../domain/shared/money.js';
import type { Place } from '../../domain/seating-plan/place.js';

/** One page of the document. */
export interface TicketToPrint extends Place {
  readonly ticketId: string;
  readonly price: Money | undefined;
  readonly code: string;
}

/** The tickets of one reservation. */
export interface TicketsToPrint {
  readonly event: {
    readonly name: string;
    /** ISO 8601 in UTC. */
    readonly startsAt: string;
    readonly venue: {
      readonly name: string;
      readonly city: string;
      readonly country: string;
      /** IANA name: the time printed is the time there. */
      readonly timeZone: string;
    };
  };
  readonly reservationId: string;
  /** ISO 8601; the same tickets issued at the same time print the same. */
  readonly issuedAt: string;
  readonly tickets: readonly TicketToPrint[];
}

/** A printed list, for example of sales or attendees. */
export interface ReportToPrint {
  readonly title: string;
  /** Lines under the title. */
  readonly about: readonly string[];
  /** ISO 8601. */
  readonly madeAt: string;
  readonly entries: readonly {
    /** Date and time, as text. */
    readonly at: string;
    readonly sentence: string;
    /** Printed in a small font. */
    readonly details: string;
  }[];
}

/**
 * A download of an account, or the attachment of a mail. Accounts are served round-robin, and so
 * are downloads and mails.
 */
export type PrintedFor = { readonly account: string } | 'mail';

/** Draws tickets outside the thread that sells seats. @throws PrinterBusy, PrintFailed */
export interface TicketPrinter {
  /** Returns a QR image that contains the code. */
  qrSvg(code: string, printedFor: PrintedFor): Promise<string>;
  qrPng(code: string, printedFor: PrintedFor): Promise<Uint8Array>;
  /** One page per ticket. */
  pdf(tickets: TicketsToPrint, printedFor: PrintedFor): Promise<Uint8Array>;
  report(report: ReportToPrint, printedFor: PrintedFor): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Too many documents are waiting. Nothing was printed. */
export class PrinterBusy extends Error {
  override name = 'PrinterBusy';
}

/** Printing took too long or failed. */
export class PrintFailed extends Error {
  override name = 'PrintFailed';
}
