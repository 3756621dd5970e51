import { join } from 'node:path';
import type { openTicketPrinter } from '../../../src/adapters/ticket/printer.js';
import type { TicketsToPrint } from '../../../src/ports/ticket/ticket-printer.js';
import { readPdf } from '../../support/printed.js';

/** The built printer: only beside compiled files is there one for a thread of its own. */
const BUILT = join(import.meta.dirname, '../../../dist/adapters/ticket/printer.js');

const ANNA = { account: 'anna' };

const order: TicketsToPrint = {
  event: {
    name: 'A night out 東京',
    startsAt: '2030-06-01T18:00:00.000Z',
    venue: { name: 'Small house', city: 'Bonn', country: 'DE', timeZone: 'Europe/Berlin' },
  },
  reservationId: 'r1',
  issuedAt: '2030-01-01T00:00:00.000Z',
  tickets: Array.from({ length: 20 }, (_, at) => ({
    ticketId: `t${at}`,
    section: 'Hall',
    row: 'A',
    number: String(at),
    category: 'Standard',
    price: undefined,
    code: 'x'.repeat(400),
  })),
};

describe('the thread that prints', () => {
  let open: typeof openTicketPrinter;
  beforeAll(async () => {
    ({ openTicketPrinter: open } = (await import(BUILT)) as {
      openTicketPrinter: typeof openTicketPrinter;
    });
  });

  it('takes next to no time from who sells seats', async () => {
    const printer = open();
    await printer.pdf(order, ANNA);
    const before = performance.eventLoopUtilization();
    const printed = [
      await printer.pdf(order, ANNA),
      await printer.pdf(order, ANNA),
      await printer.pdf(order, ANNA),
    ];
    const { active, idle } = performance.eventLoopUtilization(before);
    expect(active).toBeLessThan(idle / 4);

    const pages = await readPdf(printed[0]!);
    expect(pages).toHaveLength(20);
    expect(pages[0]!.texts.join('')).toContain('東京');
    await printer.close();
  });

  it('is given up with a job that takes too long, and the next job gets a new one', async () => {
    const printer = open({ jobMs: 2_000 });
    const endless = {
      ...order,
      tickets: Array.from({ length: 1_000 }, () => order.tickets).flat(),
    };
    const [given, after] = [printer.pdf(endless, ANNA), printer.qrSvg('after it', ANNA)];
    await expect(given).rejects.toThrow(/not done within 2000 ms/);
    await expect(after).resolves.toContain('<svg');
    await printer.close();
  });

  it('tells what it cannot draw, and goes on', async () => {
    const printer = open();
    await expect(printer.qrPng('x'.repeat(5_000), ANNA)).rejects.toThrow(/too big|amount of data/i);
    await expect(printer.qrSvg('small', ANNA)).resolves.toContain('<svg');
    await printer.close();
  });
});
