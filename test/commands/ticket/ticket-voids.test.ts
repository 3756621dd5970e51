import { systemClock } from '../../../src/adapters/system/clock.js';
import { systemRandomness } from '../../../src/adapters/system/randomness.js';
import { startTicketVoids } from '../../../src/processes/ticket/ticket-voids.js';

const ticket = {
  eventId: 'e1',
  reservationId: 'r1',
  seatId: 'A1',
  until: '2026-06-11 12:00:00+00',
};

/** Scans a few times over one ticket that is due. */
async function scan(isLogReplaced: () => boolean, onLift: () => void = () => {}) {
  const calls = { claimed: 0, lifted: 0, settled: 0 };
  const process = startTicketVoids({
    ...{
      clock: systemClock,
      randomness: systemRandomness,
      scanMs: 1,
      warn: () => {},
      isLogReplaced,
    },
    uncertain: {
      claim: async () => (calls.claimed++ === 0 ? [ticket] : []),
      settled: async () => void calls.settled++,
    },
    lift: async () => {
      calls.lifted++;
      onLift();
    },
  });
  await systemClock.sleep(50);
  await process.stop();
  return calls;
}

describe('void tickets', () => {
  it('are settled after a look', async () => {
    expect(await scan(() => false)).toMatchObject({ lifted: 1, settled: 1 });
  });

  it('are not looked at while the log is replaced', async () => {
    expect(await scan(() => true)).toEqual({ claimed: 0, lifted: 0, settled: 0 });
  });

  it('stay uncertain when the log is found replaced during the look', async () => {
    let replaced = false;
    const calls = await scan(
      () => replaced,
      () => (replaced = true),
    );
    expect(calls).toMatchObject({ lifted: 1, settled: 0 });
  });
});
