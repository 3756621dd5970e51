import type { CommandBus } from '@nestjs/cqrs';
import type { ReserveSeatsCommand } from '../../../src/commands/seat-inventory/reserve-seats.js';
import type { Reservation } from '../../../src/domain/seat-inventory/state/reservation.js';
import type { HoldAttempt } from '../../../src/http/abuse/attempts.js';
import type { Protection } from '../../../src/http/abuse/protection.js';
import type { FreshReservations } from '../../../src/http/seat-inventory/fresh-reservations.js';
import { HoldSeats, type HoldRequest } from '../../../src/http/seat-inventory/hold-seats.js';
import { newContext } from '../../support/write-side.js';

const UNTIL = 1_800_000_600_000;
const request: HoldRequest = {
  eventId: 'show',
  account: { id: 'ann', roles: ['customer'], email: 'ann@example.org', expiresAt: UNTIL },
  idempotencyKey: 'key',
  selection: { seatIds: ['A-1', 'A-2'] },
  address: '203.0.113.1',
  pass: 'the pass',
  proof: 'the proof',
  context: newContext(),
};
const held = { id: 'r1', customerId: 'ann', status: 'held', expiresAt: UNTIL } as Reservation;
const accepted = { accepted: true, written: true, reservation: held, revision: 7n };
const rejected = {
  accepted: false,
  rejection: { code: 'seats-unavailable', unavailableSeatIds: ['A-1'] },
};

/** Results of the parts; a part that is not named admits the request. */
interface Results {
  readonly rules?: object;
  readonly protection?: object;
  readonly pass?: object | Error;
  readonly command?: object | Error;
}

/** The use case with parts that record their calls. */
function open({ rules = {}, protection = {}, pass = {}, command = accepted }: Results = {}) {
  const calls: string[] = [];
  const ids = new Set<string>();
  const give = <T>(result: T | Error): T => {
    if (result instanceof Error) throw result;
    return result;
  };
  const protectionPart = {
    checkHold: async ({ reservationId, seats, address, proof }: HoldAttempt) => {
      calls.push(`check hold: ${seats} seats, ${address}, ${String(proof)}`);
      ids.add(reservationId);
      return {
        held: (until: number) => calls.push(`held until ${until}`),
        notHeld: () => calls.push('not held'),
        ...protection,
      };
    },
  };
  const passPart = {
    check: async (text: unknown, _eventId: string, _account: string, reservationId: string) => {
      calls.push(`check ${String(text)}`);
      ids.add(reservationId);
      return { settle: (until?: number) => calls.push(`settle ${until}`), ...give(pass) };
    },
  };
  const bus = {
    execute: async ({ request: { reservationId } }: ReserveSeatsCommand) => {
      calls.push('reserve');
      ids.add(reservationId);
      return give(command);
    },
  };
  const holdSeats = new HoldSeats(
    bus as unknown as CommandBus,
    { of: async () => ({ requireContactToHold: false, autoWaitingRoom: false, ...rules }) },
    { recordAttempt: (eventId) => calls.push(`attempt for ${eventId}`) },
    protectionPart as unknown as Protection,
    passPart as never,
    { recordWrite: () => calls.push('write') } as unknown as FreshReservations,
  );
  return { calls, ids, hold: (changes = {}) => holdSeats.execute({ ...request, ...changes }) };
}

const CHECKS = ['check hold: 2 seats, 203.0.113.1, the proof', 'check the pass'];

describe('holding seats', () => {
  it(
    'checks protection, then the pass, then sends ' + 'the command, and reports the hold to all',
    async () => {
      const { calls, ids, hold } = open({ rules: { autoWaitingRoom: true } });
      expect(await hold()).toEqual({ reservation: held, revision: 7n, isNew: true });
      expect(calls).toEqual([
        'attempt for show',
        ...CHECKS,
        'reserve',
        `settle ${UNTIL}`,
        `held until ${UNTIL}`,
        'write',
      ]);
      expect(ids.size).toBe(1);
    },
  );

  it('records no write for a repeated request, and no hold that is over', async () => {
    const { calls, hold } = open({
      command: { ...accepted, written: false, reservation: { ...held, status: 'released' } },
    });
    expect(await hold()).toMatchObject({ isNew: false });
    expect(calls.slice(2)).toEqual(['reserve', `settle ${UNTIL}`, 'not held']);
  });

  it.each([
    ['without an address', { email: undefined }],
    ['with an unverified one', { emailVerified: false }],
  ])('is rejected %s where the event requires one', async (_case, account) => {
    const { calls, hold } = open({ rules: { requireContactToHold: true } });
    const problem = { problem: 'contact-required' };
    expect(await hold({ account: { ...request.account, ...account } })).toEqual(problem);
    expect(calls).toEqual([]);
  });

  it.each<[string, Results, object, string[]]>([
    [
      'protection',
      { protection: { problem: 'proof-of-work-required', members: { challenge: {} } } },
      { problem: 'proof-of-work-required', members: { challenge: {} } },
      CHECKS.slice(0, 1),
    ],
    [
      'the waiting room',
      { pass: { problem: 'pass-missing' } },
      { problem: 'pass-missing' },
      [...CHECKS, 'not held'],
    ],
    [
      'the inventory',
      { command: rejected },
      { problem: 'seats-unavailable', members: { unavailableSeatIds: ['A-1'] } },
      [...CHECKS, 'reserve', 'settle undefined', 'not held'],
    ],
  ])('frees what was taken when %s rejects it', async (_by, results, outcome, expected) => {
    const { calls, hold } = open(results);
    expect(await hold()).toMatchObject(outcome);
    expect(calls).toEqual(expected);
  });

  it('frees the attempt when the pass cannot be checked', async () => {
    const { calls, hold } = open({ pass: new Error('no Redis') });
    await expect(hold()).rejects.toThrow('no Redis');
    expect(calls).toEqual([...CHECKS, 'not held']);
  });

  it('frees nothing when the outcome of the command is unknown', async () => {
    const { calls, hold } = open({ command: new Error('unknown') });
    await expect(hold()).rejects.toThrow('unknown');
    expect(calls).toEqual([...CHECKS, 'reserve']);
  });
});
