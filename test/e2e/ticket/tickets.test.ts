import { compactVerify, importJWK } from 'jose';
import { TICKET_SIGNER } from '../../../src/ports/shared/tokens.js';
import { EVENT_STORES, startApp, type TestApp } from '../../support/app.js';
import { confirm, onSale, reserve } from '../../support/seat-inventory/event-on-sale.js';
import { readPdf, readQr } from '../../support/printed.js';
import { openTicketSale, refusal, type Ticket, type TicketSale } from './ticket-sale.fixture.js';

describe.each(EVENT_STORES)('tickets, with the domain events in %s', (eventStore) => {
  let app: TestApp;
  let sale: TicketSale;
  beforeAll(async () => {
    app = await startApp(eventStore);
    sale = await openTicketSale(app);
  });
  afterAll(() => app.close());

  describe('for their owner', () => {
    it('are part of the confirmation, and always the same', async () => {
      const { reservationId, tickets } = await sale.buy();
      const again = await confirm(app, sale.path, sale.anna, reservationId);
      expect(again.body.tickets).toEqual(tickets);
      const mine = await app.ask('GET', `${sale.path}/reservations/${reservationId}`, {
        token: sale.anna,
      });
      expect(mine.body.tickets).toEqual(tickets);
      const all = await app.ask('GET', '/v1/me/tickets?limit=2', { token: sale.anna });
      expect(all.body.tickets.map(({ code }: Ticket) => code).sort()).toEqual(
        tickets.map(({ code }) => code).sort(),
      );
      expect(all.body.tickets[0]).toMatchObject({
        status: 'valid',
        redeemedAt: null,
        reservationId,
        row: 'A',
      });
    });

    it('are listed page by page', async () => {
      await sale.buy(1);
      const first = await app.ask('GET', '/v1/me/tickets?limit=1', { token: sale.anna });
      expect(first.body).toMatchObject({ tickets: [{}], next: expect.any(String) });
      const next = await app.ask('GET', `/v1/me/tickets?limit=1&cursor=${first.body.next}`, {
        token: sale.anna,
      });
      expect(next.body.tickets[0].ticketId).not.toBe(first.body.tickets[0].ticketId);
      const none = await app.ask('GET', '/v1/me/tickets?eventId=another', { token: sale.anna });
      expect(none.body).toEqual({ tickets: [], next: null });
      expect((await app.ask('GET', '/v1/me/tickets', { token: sale.ben })).body.tickets).toEqual(
        [],
      );
      expect(
        await app.ask('GET', '/v1/me/tickets?cursor=bm9uZQ', { token: sale.anna }),
      ).toMatchObject(refusal('cursor-invalid', 400));
    });

    it('can be shown and printed', async () => {
      const { reservationId, tickets } = await sale.buy(1);
      const get = (path: string) =>
        fetch(`${app.url}${sale.path}/${path}`, {
          headers: { authorization: `Bearer ${sale.anna}` },
        });
      const of = `tickets/${tickets[0]!.ticketId}`;
      await app.ask('GET', '/v1/me/tickets', { token: sale.anna });
      const png = await get(`${of}/qr.png`);
      expect(png.headers.get('content-type')).toBe('image/png');
      expect(png.headers.get('cache-control')).toBe('no-store');
      expect(readQr(new Uint8Array(await png.arrayBuffer()))).toBe(tickets[0]!.code);
      const svg = await get(`${of}/qr.svg`);
      expect(svg.headers.get('content-type')).toMatch(/^image\/svg\+xml/);
      expect(await svg.text()).toMatch(/^<svg /);
      const pdf = await get(`reservations/${reservationId}/tickets.pdf`);
      expect(pdf.headers.get('content-type')).toBe('application/pdf');
      const [page, ...others] = await readPdf(new Uint8Array(await pdf.arrayBuffer()), {
        qr: true,
      });
      expect(others).toEqual([]);
      expect(page!.qr).toBe(tickets[0]!.code);
      const text = page!.texts.join('').replaceAll('\u00a0', ' ');
      for (const part of [
        'A night out',
        '20:00 (Europe/Berlin)',
        'Small house, Bonn (DE)',
        'EUR 25.00',
      ]) {
        expect(text).toContain(part);
      }
    });

    it('do not exist for other accounts', async () => {
      const { reservationId, tickets } = await sale.buy(1);
      await app.ask('GET', '/v1/me/tickets', { token: sale.anna });
      for (const [path, code] of [
        [`tickets/${tickets[0]!.ticketId}/qr.svg`, 'ticket-not-found'],
        [`tickets/${tickets[0]!.ticketId}/qr.png`, 'ticket-not-found'],
        [`reservations/${reservationId}/tickets.pdf`, 'reservation-not-found'],
      ]) {
        const answer = await app.ask('GET', `${sale.path}/${path}`, { token: sale.ben });
        expect(answer).toMatchObject(refusal(code!, 404));
      }
    });

    it('are not printed before the payment', async () => {
      const { body } = await reserve(app, sale.path, sale.ben, { bestAvailable: { quantity: 1 } });
      const path = `${sale.path}/reservations/${body.reservationId}`;
      expect(await app.ask('GET', `${path}/tickets.pdf`, { token: sale.ben })).toMatchObject(
        refusal('reservation-not-confirmed', 409),
      );
      await app.ask('DELETE', path, { token: sale.ben });
    });
  });

  describe('at check-in', () => {
    it('are checked in once', async () => {
      const { tickets } = await sale.buy(1);
      const { ticketId, seatId, code } = tickets[0]!;
      const first = await sale.checkIn(code);
      expect(first).toMatchObject({
        status: 200,
        body: {
          ticketId,
          seatId,
          section: 'Hall',
          number: seatId.slice(2),
          redeemedAt: expect.any(String),
        },
      });
      const { redeemedAt } = first.body;
      expect(await sale.checkIn(code)).toMatchObject(
        refusal('ticket-already-redeemed', 409, { redeemedAt }),
      );
    });

    it('are checked in once by many simultaneous scanners', async () => {
      const { tickets } = await sale.buy(1);
      const answers = await Promise.all(
        Array.from({ length: 12 }, () => sale.checkIn(tickets[0]!.code)),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      const { redeemedAt } = answers.find(({ status }) => status === 200)!.body;
      for (const answer of answers.filter(({ status }) => status !== 200)) {
        expect(answer).toMatchObject(refusal('ticket-already-redeemed', 409, { redeemedAt }));
      }
    });

    it('show when they were checked in', async () => {
      const { tickets } = await sale.buy(1);
      const { redeemedAt } = (await sale.checkIn(tickets[0]!.code)).body;
      let shown: { redeemedAt: string | null };
      do {
        const { body } = await app.ask('GET', '/v1/me/tickets?limit=1', { token: sale.anna });
        shown = body.tickets[0];
      } while (shown.redeemedAt === null);
      expect(shown.redeemedAt).toBe(redeemedAt);
    });

    it('are rejected if altered, unknown or of another event', async () => {
      const { tickets } = await sale.buy(1);
      const { code } = tickets[0]!;
      const last = code.at(-1) === 'A' ? 'B' : 'A';
      expect(await sale.checkIn(code.slice(0, -1) + last)).toMatchObject(
        refusal('ticket-code-invalid', 422),
      );
      expect(await sale.checkIn('')).toMatchObject(refusal('ticket-code-invalid', 422));
      const header = Buffer.from('{"alg":"EdDSA","kid":"other"}').toString('base64url');
      const unknown = [header, ...code.split('.').slice(1)].join('.');
      expect(await sale.checkIn(unknown)).toMatchObject(refusal('ticket-key-unknown', 422));
      const other = await onSale(app);
      expect(await sale.checkIn(code, other.path)).toMatchObject(
        refusal('ticket-wrong-event', 409),
      );
      const issuedAt = Date.now();
      const invented = {
        ticketId: 'none',
        eventId: sale.eventId,
        seatId: 'A-1',
        reservationId: 'none',
        issuedAt,
        status: 'valid',
      } as const;
      const genuine = app.get(TICKET_SIGNER).sign(invented);
      expect(await sale.checkIn(genuine)).toMatchObject(refusal('ticket-not-found', 404));
      expect((await sale.checkIn(code)).status).toBe(200);
    });

    it('are accepted with whitespace around the code, but not inside', async () => {
      const { tickets } = await sale.buy(1);
      const { code } = tickets[0]!;
      const middle = Math.floor(code.length / 2);
      const cut = (added: string) => code.slice(0, middle) + added + code.slice(middle);
      for (const added of ['\r\n', '\n', '\t', ' ', '\uFEFF', '\u200B', '\u00AD', '\u2060', '\0'])
        expect(await sale.checkIn(cut(added))).toMatchObject(refusal('ticket-code-invalid', 422));
      for (const added of ['\u200B', '\u00AD', '\0', 'A'])
        expect(await sale.checkIn(code + added)).toMatchObject(refusal('ticket-code-invalid', 422));
      const { status, body } = await sale.checkIn(`\uFEFF\t ${code} \t\r\n`);
      expect({ status, ticketId: body.ticketId }).toEqual({
        status: 200,
        ticketId: tickets[0]!.ticketId,
      });
      for (const scanned of [`${code}\r\n`, `${code}\n`, `${code}\t`, ` ${code} `, `\uFEFF${code}`])
        expect(await sale.checkIn(scanned)).toMatchObject(refusal('ticket-already-redeemed', 409));
      const blanks = `${code}${' '.repeat(3_000)}.`;
      expect(await sale.checkIn(blanks)).toMatchObject(refusal('ticket-code-invalid', 422));
    });

    it('are checked in by organizers and operators only', async () => {
      const { tickets } = await sale.buy(1);
      const body = { code: tickets[0]!.code };
      for (const token of [sale.anna, await app.token('audra', 'auditor')]) {
        const answer = await app.ask('POST', `${sale.path}/check-ins`, { token, body });
        expect(answer).toMatchObject(refusal('role-required', 403));
      }
      expect((await app.ask('POST', `${sale.path}/check-ins`, { body })).status).toBe(401);
      for (const wrong of [{}, { code: 7 }, { code: 'x', more: 1 }, { code: 'x'.repeat(5_000) }]) {
        const answer = await app.ask('POST', `${sale.path}/check-ins`, {
          token: sale.door,
          body: wrong,
        });
        expect(answer).toMatchObject(refusal('validation-failed', 400));
      }
    });

    it('can be verified with the public keys, which may be cached for an hour', async () => {
      const { tickets } = await sale.buy(1);
      const { body, headers } = await app.ask('GET', '/.well-known/jwks.json');
      expect(headers.get('cache-control')).toBe('public, max-age=3600');
      expect(Object.keys(body.keys[0]).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
      const key = await importJWK(body.keys[0], 'EdDSA');
      const { payload } = await compactVerify(tickets[0]!.code, key);
      expect(JSON.parse(new TextDecoder().decode(payload))).toMatchObject({
        jti: tickets[0]!.ticketId,
      });
    });
  });
});
