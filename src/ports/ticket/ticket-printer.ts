import type { Money } from '../../domain/shared/money.js';
import type { Place } from '../../domain/seating-plan/place.js';

/** One page. */
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

/** A document for somebody who reads it on paper. */
export interface ReportToPrint {
  readonly title: string;
  /** Under the title, one line each. */
  readonly about: readonly string[];
  /** ISO 8601. */
  readonly madeAt: string;
  readonly entries: readonly {
    /** When, in words. */
    readonly at: string;
    readonly sentence: string;
    /** In small print. */
    readonly details: string;
  }[];
}

/** A download of an account, or the attachment of a mail. Accounts are served round-robin, and so are downloads and mails. */
export type PrintedFor = { readonly account: string } | 'mail';

/** Draws tickets, somewhere else than where seats are sold. @throws PrinterBusy, PrintFailed */
export interface TicketPrinter {
  /** A QR image that holds the code. */
  qrSvg(code: string, printedFor: PrintedFor): Promise<string>;
  qrPng(code: string, printedFor: PrintedFor): Promise<Uint8Array>;
  /** One page per ticket. */
  pdf(tickets: TicketsToPrint, printedFor: PrintedFor): Promise<Uint8Array>;
  report(report: ReportToPrint, printedFor: PrintedFor): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** More is waiting to be printed than will be done in time. Nothing was printed. */
export class PrinterBusy extends Error {
  override name = 'PrinterBusy';
}

/** It took too long, or broke. */
export class PrintFailed extends Error {
  override name = 'PrintFailed';
}
