import { CommandBus } from '@nestjs/cqrs';
import { PROJECTION_RUNNERS } from '../../../src/projections/tokens.js';
import { CheckInTicketCommand } from '../../../src/commands/ticket/check-in-ticket.js';
import { EVENT_STORES, startApp, type TestApp } from '../../support/app.js';
import { startAnotherNode } from '../another-node.js';
import { openTicketSale, refusal, ticketKeys, type TicketSale } from './ticket-sale.fixture.js';

describe.each(EVENT_STORES)('tickets, with the domain events in %s', (eventStore) => {
  const keys = ticketKeys();
  let app: TestApp;
  let sale: TicketSale;
  beforeAll(async () => {
    app = await startApp(eventStore, keys);
    sale = await openTicketSale(app);
  });
  afterAll(() => app.close());

  it('are checked in once by two nodes that share only the log', async () => {
    const { tickets } = await sale.buy(1);
    const { code } = tickets[0]!;
    const context = (commandId: string) => ({
      commandId,
      correlationId: commandId,
      causationId: commandId,
      actor: { id: 'dora', role: 'operator' } as const,
    });
    const other = await startAnotherNode(app, keys);
    try {
      const nodes = [app, other].map((node) => node.get(CommandBus));
      const outcomes = await Promise.all(
        nodes.flatMap((bus, node) =>
          [1, 2, 3].map((n) =>
            bus.execute(new CheckInTicketCommand(sale.eventId, code, context(`n${node}-${n}`))),
          ),
        ),
      );
      expect(outcomes.filter(({ accepted }) => accepted)).toHaveLength(1);
    } finally {
      await other.close();
    }
  });

  it('are rejected once refunded or exchanged, even before a projection shows it', async () => {
    const paidBack = await sale.buy(1);
    const other = await sale.buy(1);
    const { body: mine } = await app.ask('GET', '/v1/me/tickets?limit=2', { token: sale.anna });
    expect(mine.tickets.map(({ status }: { status: string }) => status)).toEqual([
      'valid',
      'valid',
    ]);
    await app
      .get(PROJECTION_RUNNERS)
      .find((runner) => runner.status().name === 'tickets')!
      .stop();
    const organizer = await app.token('olga', 'organizer');
    const after = (id: string, what: string, body?: object) =>
      app.ask('POST', `${sale.path}/reservations/${id}/${what}`, { token: organizer, body });
    expect(await after(paidBack.reservationId, 'refund')).toMatchObject({ status: 200 });
    const seatIds = paidBack.tickets.map(({ seatId }) => seatId);
    expect(await after(other.reservationId, 'exchange', { seatIds })).toMatchObject({
      status: 200,
    });

    expect(await sale.checkIn(paidBack.tickets[0]!.code)).toMatchObject(
      refusal('ticket-refunded', 409),
    );
    expect(await sale.checkIn(other.tickets[0]!.code)).toMatchObject(
      refusal('ticket-exchanged', 409),
    );
  });
});
