import { randomUUID } from 'node:crypto';
import { POOL } from '../../../src/adapters/postgres/tokens.js';
import { SIGNATURE_HEADER, signNotice } from '../../../src/adapters/payment/webhook-signature.js';
import { EVENT_STORE } from '../../../src/ports/shared/tokens.js';
import { checkLog } from '../log/log-calls.js';
import { until } from '../read-side.js';
import { onSale, reserve } from '../seat-inventory/event-on-sale.js';
import type { DocumentedCalls, Json } from './documented-calls.js';
import type { SaleOfExamples } from './sale-calls.js';

/**
 * Calls every operation on payments and the ledger, and the webhook with the documented example.
 */
export async function checkPayments(
  { app, check, body }: DocumentedCalls,
  { eventId, reservationId }: SaleOfExamples,
  webhookSecret: string,
): Promise<void> {
  const token = await app.token('olaf', 'operator');
  const webhook = '/v1/payments/webhooks/{provider}';
  const { sandbox } = body('post', webhook).examples;
  const about = { eventId, reservationId, attempt: 1 };
  const send = (changes: object, subject: object) => {
    const data = { ...sandbox.value.data, about: subject };
    const text = JSON.stringify({ ...sandbox.value, ...changes, data });
    const signature = signNotice(text, webhookSecret, Date.now());
    const headers = { 'content-type': 'application/json', [SIGNATURE_HEADER]: signature };
    return app.ask('POST', '/v1/payments/webhooks/sandbox', { body: text, headers });
  };
  await check('post', webhook, 200, send({}, about));
  await send({ id: 'nt_lost', type: 'charge.captured' }, { ...about, reservationId: 'none' });
  const payments = '/v1/ops/payments';
  const resolve = app.ask('POST', `${payments}/notices/sandbox/nt_lost/resolve`, { token });
  await check('post', `${payments}/notices/{provider}/{noticeId}/resolve`, 200, resolve);
  const unresolved = app.ask('GET', `${payments}/unresolved`, { token });
  await check('get', `${payments}/unresolved`, 200, unresolved);
  const settle = app.ask('POST', `${payments}/${reservationId}/settle`, { token });
  await check('post', `${payments}/{reservationId}/settle`, 200, settle);
  const ledger = '/v1/ops/ledger';
  await until(async () => (await app.ask('GET', ledger, { token })).body.totals.length > 0);
  await check('get', ledger, 200, app.ask('GET', ledger, { token }));
  const ofEvent = app.ask('GET', `${ledger}/events/${eventId}`, { token });
  await check('get', `${ledger}/events/{eventId}`, 200, ofEvent);
}

const PROJECTIONS = '/v1/ops/projections';

/**
 * Calls every operation on the projection `venues`: rebuilds with a difference, and parked domain
 * events.
 */
export async function checkProjections(calls: DocumentedCalls): Promise<void> {
  const { app, check } = calls;
  const token = await app.token('otto', 'operator');
  const act = (method: string, path: string, body?: object) =>
    app.ask(method, `${PROJECTIONS}/venues/${path}`, { token, body });
  const of = `${PROJECTIONS}/{name}`;
  const phase = async () => (await act('GET', 'rebuild')).body.rebuild?.phase as string;
  const untilPhase = (expected: string) => until(async () => (await phase()) === expected);
  await check('get', PROJECTIONS, 200, app.ask('GET', PROJECTIONS, { token }));
  const rebuildWithDifference = async () => {
    await app.get(POOL).query("update venues set city = 'elsewhere'");
    await check('post', `${of}/rebuild`, 202, act('POST', 'rebuild', {}));
    await untilPhase('differs');
  };
  await rebuildWithDifference();
  await check('get', `${of}/rebuild`, 200, act('GET', 'rebuild'));
  await check('delete', `${of}/rebuild`, 202, act('DELETE', 'rebuild'));
  await untilPhase('cancelled');
  await rebuildWithDifference();
  await check('post', `${of}/rebuild/accept`, 202, act('POST', 'rebuild/accept'));
  await untilPhase('switched');
  await check('post', `${of}/switch-back`, 202, act('POST', 'switch-back'));
  await untilPhase('switched');
  await checkParkedEvents(calls, act);
}

async function checkParkedEvents(
  { app, check }: DocumentedCalls,
  act: (method: string, path: string, body?: object) => ReturnType<typeof app.ask>,
): Promise<void> {
  const of = `${PROJECTIONS}/{name}/parked`;
  // Both domain events fail: a venue with this id exists.
  const [registered] = (await app.ask('GET', '/v1/venues')).body.venues;
  for (const stream of ['venue-again', 'venue-and-again'])
    await appendVenue(app, stream, registered);
  const parked = async () => (await act('GET', 'parked')).body.parked as Json[];
  await until(async () => (await parked()).length === 2);
  const [first, second] = (await check('get', of, 200, act('GET', 'parked'))).parked as Json[];
  const skipping = act('POST', `parked/${first.id}/skip`, { reason: 'registered twice' });
  await check('post', `${of}/{id}/skip`, 200, skipping);
  await app.get(POOL).query('delete from venues where venue_id = $1', [registered.venueId]);
  await check('post', `${of}/{id}/retry`, 200, act('POST', `parked/${second.id}/retry`));
  expect(await parked()).toEqual([]);
}

async function appendVenue(app: DocumentedCalls['app'], stream: string, data: Json): Promise<void> {
  const actor = { id: 'olga', role: 'organizer' } as const;
  const metadata = { $correlationId: 'c', $causationId: 'c', commandId: 'c', schemaVersion: 2 };
  await app
    .get(EVENT_STORE)
    .append(stream, 'no-stream', [
      { id: randomUUID(), type: 'VenueRegistered', data, metadata: { ...metadata, actor } },
    ]);
}

/** Calls every operation of the audit on a sale in which Anna bought A-1-1. */
export async function checkAudit(
  { app, check }: DocumentedCalls,
  { eventId, reservationId }: SaleOfExamples,
): Promise<void> {
  const anna = await app.token('anna', 'customer');
  const token = await app.token('aude', 'auditor');
  const audit = '/v1/audit/events/{eventId}';
  const of = (path: string) => app.ask('GET', `/v1/audit/events/${eventId}/${path}`, { token });
  const again = await reserve(app, `/v1/events/${eventId}`, anna, { seatIds: ['A-1-1'] });
  expect(again.status).toBe(409);
  await until(async () => (await of('seats/A-1-1')).body.refused.length > 0);
  await check('get', `${audit}/seats/{seatId}`, 200, of('seats/A-1-1'));
  const reservation = of(`reservations/${reservationId}`);
  await check('get', `${audit}/reservations/{reservationId}`, 200, reservation);
  await check('get', `${audit}/customers/{customerId}`, 200, of('customers/anna'));
  await check('get', `${audit}/state`, 200, of('state?at=2&holders=true'));
  await check('get', `${audit}/diff`, 200, of('diff?from=0&to=2'));
  for (const path of ['/v1/audit/checkpoints', '/v1/audit/keys'])
    await check('get', path, 200, app.ask('GET', path, { token }));
}

/**
 * Calls every operation of the service itself. Ends with another log in place of the one of the
 * read models.
 */
export async function checkService({ app, check, example }: DocumentedCalls): Promise<void> {
  const anna = await app.token('anna', 'customer');
  const operator = await app.token('olaf', 'operator');
  const tokens = '/v1/dev/tokens';
  await check('post', tokens, 201, app.ask('POST', tokens, { body: example('post', tokens) }));
  await check('get', '/v1/ops/abuse', 200, app.ask('GET', '/v1/ops/abuse', { token: operator }));
  for (const path of ['/health', '/health/live', '/v1/clock'])
    await check('get', path, 200, app.ask('GET', path));
  await checkLog(app, (await onSale(app)).path, anna, check);
  await check('get', '/health/ready', 200, app.ask('GET', '/health/ready'));
}
