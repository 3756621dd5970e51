import { moneyInWords } from '../../domain/shared/in-words.js';
import type { LedgerDifference, LedgerReport } from '../../read-models/payment/ledger-check.js';
import type { LedgerFault, LedgerTotals } from '../../read-models/payment/ledger-queries.js';

/** Formats the report for people. */
export function describeReport(report: LedgerReport, provider: string): string {
  const { totals, entries, faults, differences, setAside, booksUpTo, balanced } = report;
  const lines = [
    `Ledger up to ${booksUpTo ?? 'the start: no payment was captured yet'}`,
    ...totals.flatMap(totalsLines),
    '',
    `Compared with ${provider}: ${count(entries.ours)} entries here, ` +
      `${count(entries.theirs)} there`,
  ];
  if (entries.settling > 0)
    lines.push(`  ${count(entries.settling)} here are less than a minute old and not there yet`);
  if (entries.elsewhere > 0)
    lines.push(
      `  ${count(entries.elsewhere)} more here belong to other providers and are not compared`,
    );
  if (setAside > 0)
    lines.push('', `Incomplete: ${count(setAside)} domain events are parked and not in the ledger`);
  lines.push(...listed('faults in the ledger', faults.count, faults.named.map(faultLine)));
  lines.push(...listed('differences', differences.count, differences.named.map(differenceLine)));
  lines.push('', balanced ? 'In balance.' : 'NOT in balance: see docs/concepts/ledger.md.');
  return `${lines.join('\n')}\n`;
}

function totalsLines(totals: LedgerTotals): string[] {
  const { currency, capturedMinor, keptMinor, refundedMinor, obligationsMinor, unsettledMinor } =
    totals;
  const line = (label: string, minor: number) =>
    `  ${label.padEnd(14)}${amount(minor, currency).padStart(24)}`;
  return [
    '',
    line('captured', capturedMinor),
    line('= kept', keptMinor),
    line('+ refunded', refundedMinor),
    line('+ obligations', obligationsMinor),
    line('+ unsettled', unsettledMinor),
    ...(totals.balanced ? [] : [`  ${currency} does NOT add up`]),
  ];
}

function listed(title: string, all: number, named: readonly string[]): string[] {
  if (all === 0) return [];
  const more = all - named.length;
  return [
    '',
    `${count(all)} ${title}:`,
    ...named.map((line) => `  ${line}`),
    ...(more > 0 ? [`  … and ${count(more)} more`] : []),
  ];
}

const faultLine = ({
  fault,
  eventId,
  reservationId,
  what,
  amountMinor,
  currency,
}: LedgerFault): string =>
  `${fault.padEnd(18)} event ` +
  `${eventId}${reservationId === null ? '' : ` reservation ${reservationId}`}` +
  ` ${what}: ${amount(amountMinor, currency)}`;

function differenceLine({
  difference,
  kind,
  reference,
  ours,
  theirs,
  ...of
}: LedgerDifference): string {
  const side = (money: LedgerDifference['ours']) =>
    money ? amount(money.amountMinor, money.currency) : 'none';
  const where = of.eventId === null ? '' : ` (event ${of.eventId} reservation ${of.reservationId})`;
  return (
    `${difference.padEnd(16)} ${kind.padEnd(7)} ${reference}: here ${side(ours)}, there ` +
    `${side(theirs)}${where}`
  );
}

/** Formats an amount with the decimals of its currency; an unknown currency in minor units. */
function amount(minor: number, currency: string): string {
  try {
    return moneyInWords({ amountMinor: minor, currency });
  } catch {
    return `${minor} ${currency}`;
  }
}

const count = (number: number): string => number.toLocaleString('en-US');
