/** Slow and unclear payments, as a buyer sees them. */
import assert from 'node:assert/strict';
import { holdBest, openMap, pay, sees } from './support/actions.js';
import { scheduleTestEvent } from './support/test-event.js';

/** The sandbox settles `tok_slow` after 5 s. */
const SETTLED_WITHIN_MS = 12_000;
const RUNNING = 'Your payment is on its way';

const payButton = (page) => page.locator('.payment button[type=submit]');
const releaseButton = (page) => page.getByRole('button', { name: 'Release' });

async function assertPaymentShown(page) {
  await sees(page, RUNNING);
  assert.equal(await payButton(page).isDisabled(), true, 'a second payment is not offered');
  assert.equal(await releaseButton(page).isDisabled(), true, 'a release is not offered');
}

async function assertPaid(page) {
  await page.waitForSelector('.confirmation .ticket', { timeout: SETTLED_WITHIN_MS });
  assert.equal(await page.locator('.notice').count(), 0, 'no notice is left over the tickets');
}

async function startSlowPayment(page, api) {
  const event = await scheduleTestEvent(api);
  await openMap(page, event);
  await holdBest(page);
  const sent = page.waitForRequest(/\/confirm$/);
  await pay(page, 'tok_slow');
  await sent;
  return event;
}

export const paymentSteps = {
  'a reload during a slow payment shows the payment and then the tickets': async ({
    page,
    api,
  }) => {
    await startSlowPayment(page, api);
    await page.reload();
    await assertPaymentShown(page);
    await assertPaid(page);
  },

  'a second tab shows a slow payment of the first one': async ({ page, context, api }) => {
    const event = await scheduleTestEvent(api);
    await openMap(page, event);
    await holdBest(page);
    const other = await context.newPage();
    await openMap(other, event);
    await other.getByRole('heading', { name: '2 seats held for you' }).waitFor();
    await pay(page, 'tok_slow');
    await assertPaymentShown(other);
    await assertPaid(other);
    await assertPaid(page);
  },

  'a second card during a payment gets a sentence for buyers': async ({ page, api }) => {
    const event = await scheduleTestEvent(api);
    await openMap(page, event);
    await holdBest(page);
    // The page does not learn of the payment that another device of the same account has sent.
    await page.evaluate(async (eventId) => {
      const read = (name) => JSON.parse(globalThis.localStorage.getItem(`boxoffice.${name}`));
      const { reservationId } = read(`reservation.${eventId}`);
      await globalThis.fetch(`/v1/events/${eventId}/reservations/${reservationId}/confirm`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${read('account').token}`,
        },
        body: JSON.stringify({ payment: { token: 'tok_slow' } }),
      });
    }, event.eventId);
    await pay(page);
    await assertPaymentShown(page);
    const text = await page.locator('.notices').innerText();
    assert.doesNotMatch(text, /Retry-After|token/);
    await assertPaid(page);
  },

  'a payment that arrives after the hold was released is listed as refunded': async ({
    page,
    api,
  }) => {
    const event = await startSlowPayment(page, api);
    await page.evaluate(async (eventId) => {
      const read = (name) => JSON.parse(globalThis.localStorage.getItem(`boxoffice.${name}`));
      const { reservationId } = read(`reservation.${eventId}`);
      await globalThis.fetch(`/v1/events/${eventId}/reservations/${reservationId}`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${read('account').token}` },
      });
    }, event.eventId);
    await sees(page, 'Paid too late');
    await page.goto('/?view=reservations');
    await page.locator('.badge', { hasText: /Refund/ }).waitFor();
    await page.waitForTimeout(SETTLED_WITHIN_MS / 2);
    await page.reload();
    await page.locator('.badge', { hasText: 'Refunded' }).waitFor();
  },
};
