import { faultsOf } from '../../bench/prove/checkout-faults.js';
import { losesItsSeat, proveCheckouts } from '../../bench/prove/checkouts.js';

/** `npm run prove:checkouts` does the same with 10,000 and five kills. */
const CHECKOUTS = 80;

it(`the ledger balances after ${CHECKOUTS} checkouts, failures and a kill`, async () => {
  const proof = await proveCheckouts({
    checkouts: CHECKOUTS,
    kills: 1,
    buyersAtOnce: 40,
    lateHoldSeconds: 1,
    ...{ slowMs: 2_500, lostMs: 500, lateCaptures: 'after-rivals' },
    restMs: 90_000,
  });
  const { endings, captures, mails, rivals, seconds, restSeconds } = proof;
  const refunded = endings.filter((ending) => ending.refunded).length;
  console.info(
    `${CHECKOUTS} checkouts in ${seconds.toFixed(1)} s, ` +
      `at rest after ${restSeconds.toFixed(1)} s more: ` +
      `${captures} captured, ${refunded} refunded, ${mails} mails`,
  );
  expect(faultsOf(proof)).toEqual([]);
  expect(rivals).toBe(CHECKOUTS / 40);
  const late = endings
    .map((ending, at) => ({ ...ending, at }))
    .filter(({ card }) => card === 'tok_late');
  const paidLate = late.filter(({ captured }) => captured);
  // Only what was never charged because the shop was down may have come to nothing.
  expect(endings.filter(({ captured, card }) => !captured && card !== 'tok_late')).toEqual([]);
  expect(paidLate.filter((ending) => ending.refunded).map(({ at }) => at)).toEqual(
    paidLate.filter(({ at }) => losesItsSeat(at)).map(({ at }) => at),
  );
  expect(refunded).toBeGreaterThan(0);
}, 180_000);
