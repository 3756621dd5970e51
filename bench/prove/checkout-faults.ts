import type { LedgerReport } from '../../src/read-models/payment/ledger-check.js';
import { EVENT } from '../../test/support/seat-inventory/event-on-sale.js';

export const PRICE = EVENT.prices[0]!.amountMinor;

/** Final state of a buyer. */
export interface Ending {
  readonly card: string;
  readonly captured: boolean;
  readonly tickets: number;
  readonly refunded: boolean;
}

export interface CheckoutsProof {
  /** Duration of all checkouts and kills. */
  readonly seconds: number;
  /** Time until nothing was in progress any more. */
  readonly restSeconds: number;
  /** Checkouts in order, then those who waited for a seat. */
  readonly endings: readonly Ending[];
  /** Number of buyers of a seat that another buyer had lost. */
  readonly rivals: number;
  /** From the provider's own list. */
  readonly captures: number;
  readonly refunds: number;
  readonly mails: number;
  /** Result of `npm run ledger:check`, which compares every entry with the provider's list. */
  readonly ledger: LedgerReport;
}

/** Returns the differences from a correct result. */
export function faultsOf({ endings, captures, refunds, mails, ledger }: CheckoutsProof): string[] {
  const count = (matches: (ending: Ending) => boolean) => endings.filter(matches).length;
  const withTickets = count(({ tickets }) => tickets > 0);
  const refunded = count((ending) => ending.refunded);
  const [total] = ledger.totals;
  const wanted: [what: string, found: number, wanted: number][] = [
    [
      'captured buyers with neither tickets nor a refund',
      count(({ captured, tickets, refunded }) => captured && tickets === 0 && !refunded),
      0,
    ],
    [
      'buyers with both tickets and a refund',
      count(({ tickets, refunded }) => tickets > 0 && refunded),
      0,
    ],
    [
      'buyers with tickets or a refund who were not captured',
      count(({ captured, tickets, refunded }) => !captured && (tickets > 0 || refunded)),
      0,
    ],
    ['buyers with more than one ticket for a seat', count(({ tickets }) => tickets > 1), 0],
    ['captures of the provider', captures, withTickets + refunded],
    ['refunds of the provider', refunds, refunded],
    ['mails', mails, withTickets],
    ['captured in the ledger, in cents', total?.capturedMinor ?? 0, captures * PRICE],
    ['kept in the ledger, in cents', total?.keptMinor ?? 0, withTickets * PRICE],
    ['refunded in the ledger, in cents', total?.refundedMinor ?? 0, refunded * PRICE],
    ['owed in the ledger, in cents', total?.obligationsMinor ?? 0, 0],
    ['unsettled in the ledger, in cents', total?.unsettledMinor ?? 0, 0],
    ['differences from the provider’s list', ledger.differences.count, 0],
    ['faults in the ledger', ledger.faults.count, 0],
    ['ledgers out of balance', ledger.balanced ? 0 : 1, 0],
  ];
  return wanted
    .filter(([, found, want]) => found !== want)
    .map(([what, found, want]) => `${what}: ${found} instead of ${want}`);
}
