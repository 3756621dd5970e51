import { EVENT_STORES, startApp, type TestApp } from '../../support/app.js';
import { itMeanwhile } from '../../support/crowd/meanwhile.js';
import { confirm, onSale, reserve } from '../../support/seat-inventory/event-on-sale.js';

/** Higher than any revision of a test's event. */
const NEVER = 1_000_000;

describe.each(EVENT_STORES)('what was just bought, over %s', (eventStore) => {
  let buyer: TestApp;
  let anna: string;
  let path: string;
  let eventId: string;
  beforeAll(async () => {
    buyer = await startApp(eventStore);
    anna = await buyer.token('anna', 'customer');
    ({ path, eventId } = await onSale(buyer, undefined, { maxSeatsPerCustomer: 50 }));
  });
  afterAll(() => buyer.close());

  const buy = async (seatId: string) => {
    const held = await reserve(buyer, path, anna, { seatIds: [seatId] });
    const sold = await confirm(buyer, path, anna, held.body.reservationId);
    expect(sold.status).toBe(200);
    return sold.body as {
      reservationId: string;
      revision: number;
      tickets: { ticketId: string }[];
    };
  };
  const reads = ({
    reservationId,
    tickets,
  }: {
    reservationId: string;
    tickets: { ticketId: string }[];
  }) => [
    `${path}/tickets/${tickets[0]!.ticketId}/qr.svg?`,
    `${path}/tickets/${tickets[0]!.ticketId}/qr.png?`,
    `${path}/reservations/${reservationId}/tickets.pdf?`,
    `${path}/calendar.ics?`,
    `/v1/me/tickets?eventId=${eventId}&`,
    `/v1/me/tickets.ics?eventId=${eventId}&`,
    `/v1/me/reservations?eventId=${eventId}&`,
  ];

  /** Repeats a request that a busy machine did not answer within two seconds, as buyers do. */
  const askWhileBehind = async (read: string) => {
    let answer = await buyer.ask('GET', read, { token: anna });
    while (answer.body.code === 'read-model-behind')
      answer = await buyer.ask('GET', read, { token: anna });
    return answer;
  };

  it.each(Array.from({ length: 7 }, (_, at) => at))(
    'is never missing with atLeast: read %i',
    async (at) => {
      for (let round = 0; round < 3; round++) {
        const sold = await buy(`${'ABC'[round]}-${at + 1}`);
        const read = reads(sold)[at]!;
        const { status, body } = await askWhileBehind(`${read}atLeast=${sold.revision}`);
        expect({ read, status, problem: body.code }).toEqual({ read, status: 200 });
        if (read.startsWith('/v1/me/')) expect(body.length ?? JSON.stringify(body)).toBeTruthy();
        if (/me\/(tickets|reservations)\?/.test(read))
          expect(JSON.stringify(body)).toContain(sold.reservationId);
      }
    },
  );

  it('is there at once also where it was bought, without atLeast', async () => {
    const sold = await buy('D-1');
    const [svg] = reads(sold);
    expect((await buyer.ask('GET', svg!, { token: anna })).status).toBe(200);
  });

  itMeanwhile('is waited for, and answered 503 when the read model does not reach it', async () => {
    const sold = await buy('E-1');
    const answers = await Promise.all(
      reads(sold).map((read) => buyer.ask('GET', `${read}atLeast=${NEVER}`, { token: anna })),
    );
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(
      Array(7).fill([503, 'read-model-behind']),
    );
  });

  it('needs an event where a list is of all', async () => {
    for (const list of ['/v1/me/tickets', '/v1/me/tickets.ics', '/v1/me/reservations']) {
      const answer = await buyer.ask('GET', `${list}?atLeast=1`, { token: anna });
      expect(answer).toMatchObject({ status: 400, body: { code: 'validation-failed' } });
    }
  });
});
