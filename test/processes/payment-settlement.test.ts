import { startPaymentSettlement } from '../../src/processes/payment/payment-settlement.js';
import {
  ASK_ABOUT_REFUND_AFTER_MS,
  type ExcludedPayments,
  type OpenPayment,
} from '../../src/read-models/payment/payments-queries.js';
import { openManualClock } from '../support/manual-clock.js';

const NOON = Date.UTC(2026, 5, 11, 12);

describe('The settlement of payments', () => {
  it(
    'asks about an awaited refund once an hour, and works on the payment at once ' +
      'when it is due again',
    async () => {
      const clock = openManualClock(NOON);
      let open: OpenPayment[] = [];
      const advanced: string[] = [];
      const leftOut: ExcludedPayments[] = [];
      const settlement = startPaymentSettlement({
        clock,
        randomness: { uuid: () => 'id', fraction: () => 0 } as never,
        warn: () => {},
        withLock: (work) => work().then(() => true),
        // As a read model that lags: it lists them also when they are left out.
        openPayments: async (_since, _limit, leaveOut) => {
          leftOut.push(leaveOut);
          return open;
        },
        execute: async ({ reservationId }) => advanced.push(reservationId),
      });
      const payment = { reservationId: 'r1', pending: false, changedAt: NOON };
      open = [{ ...payment, awaiting: true }];
      await clock.advance(ASK_ABOUT_REFUND_AFTER_MS / 60);
      expect(advanced).toEqual(['r1']);
      expect(leftOut.at(-1)).toEqual({ due: [], awaiting: ['r1'] });
      open = [{ ...payment, awaiting: false }];
      await clock.advance(1_000);
      expect(advanced).toEqual(['r1', 'r1']);
      await clock.advance(1_000);
      expect(leftOut.at(-1)).toEqual({ due: ['r1'], awaiting: [] });
      open = [];
      await settlement.stop();
    },
  );
});
