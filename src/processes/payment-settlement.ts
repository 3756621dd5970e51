import { AdvancePaymentCommand } from '../commands/advance-payment.js';
import type { CommandContext } from '../commands/context.js';
import type { Clock } from '../ports/clock.js';
import type { Randomness } from '../ports/randomness.js';
import type { OpenPayment } from '../read-models/payments-queries.js';

/** Between two scans. Milliseconds. */
const SCAN_MS = 1_000;
/** Payments looked at by one scan. */
const MAX_PER_SCAN = 2_000;
/** Payments worked on at once. */
const AT_ONCE = 8;
/** What has just moved is left to whoever moved it. Milliseconds. */
const GRACE_MS = 2_000;
/** A charge without an answer for this long is asked about. Milliseconds. */
export const INQUIRY_AFTER_MS = 5_000;
/** Between two attempts at the same payment, doubling up to the last. Milliseconds. */
const RETRY_MS = { first: 2_000, last: 300_000 };

export interface PaymentSettlementParts {
  openPayments(unchangedSince: number, limit: number): Promise<OpenPayment[]>;
  /** Runs the work unless another node is at it. */
  inTurn(work: () => Promise<void>): Promise<boolean>;
  execute(command: AdvancePaymentCommand): Promise<unknown>;
  clock: Clock;
  randomness: Randomness;
  log(message: string): void;
}

export interface PaymentSettlement {
  /** Resolves when the scan under way has ended. */
  stop(): Promise<void>;
}

/**
 * Brings every payment to its end that its own request did not: charges that the provider never answered, captures
 * whose process died, refunds that are owed. It keeps nothing that matters in memory; what is open is asked of the
 * read model at every scan, and doing a step twice does nothing.
 */
export function startPaymentSettlement(parts: PaymentSettlementParts): PaymentSettlement {
  const { clock, randomness, log } = parts;
  const stopping = new AbortController();
  /** Of those that were open at the last scan, so never more than a scan takes. */
  let waiting = new Map<string, { tries: number; until: number }>();

  const advance = async ({ reservationId }: OpenPayment) => {
    const tries = (waiting.get(reservationId)?.tries ?? 0) + 1;
    // Also after success: the read model may show it as open for a moment longer.
    const pause = Math.min(RETRY_MS.first * 2 ** (tries - 1), RETRY_MS.last);
    waiting.set(reservationId, { tries, until: clock.now() + pause * (1 + randomness.fraction() / 2) });
    const silentSince = clock.now() - INQUIRY_AFTER_MS;
    const command = new AdvancePaymentCommand(reservationId, silentSince, contextOf(randomness.uuid()));
    await parts.execute(command).catch((error: Error) => {
      log(`payment of ${reservationId} not settled, try ${tries}: ${error.message}`);
    });
  };

  const scan = async () => {
    const now = clock.now();
    const open = await parts.openPayments(now - GRACE_MS, MAX_PER_SCAN);
    const stillOpen = open.flatMap(({ reservationId }) => {
      const wait = waiting.get(reservationId);
      return wait ? [[reservationId, wait] as const] : [];
    });
    waiting = new Map(stillOpen);
    const due = open.filter(
      ({ reservationId, pending, changedAt }) =>
        (waiting.get(reservationId)?.until ?? 0) <= now &&
        // Its own request still waits for the provider.
        !(pending && changedAt > now - INQUIRY_AFTER_MS),
    );
    const next = due.values();
    const worker = async () => {
      for (const payment of next) {
        if (stopping.signal.aborted) return;
        await advance(payment);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  };

  const run = async () => {
    while (!stopping.signal.aborted) {
      await parts
        .inTurn(scan)
        .catch((error: Error) => log(`payments not settled, trying again: ${error.message}`));
      await clock.sleep(SCAN_MS, stopping.signal);
    }
  };
  const running = run();

  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

function contextOf(commandId: string): CommandContext {
  return {
    commandId,
    correlationId: commandId,
    causationId: commandId,
    actor: { id: 'payment-settlement', role: 'system' },
  };
}
