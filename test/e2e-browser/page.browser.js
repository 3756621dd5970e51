/** Two tabs, unknown addresses, keyboard focus, a narrow phone and a hidden tab. */
import assert from 'node:assert/strict';
import { addressOf, clickSeat, holdBest, openMap, pay, sees } from './support/actions.js';
import { scheduleTestEvent } from './support/test-event.js';

/** @type {import('./support/run-steps.js').Steps} */
export const pageSteps = {
  'two tabs show the hold of each other': async ({ page, context, api }) => {
    const event = await scheduleTestEvent(api);
    await openMap(page, event);
    // The first hold creates the account that both tabs use.
    await holdBest(page);
    await page.getByRole('button', { name: 'Release' }).click();
    await page.getByText('No seats chosen yet').waitFor();
    const other = await context.newPage();
    await openMap(other, event);
    await holdBest(page);
    await other.getByRole('heading', { name: '2 seats held for you' }).waitFor();
    await page.getByRole('button', { name: 'Release' }).click();
    await other.getByText('The seats were given back').first().waitFor();
    await holdBest(other);
    await page.getByRole('heading', { name: '2 seats held for you' }).waitFor();
    await pay(other);
    await other.waitForSelector('.confirmation .ticket');
    await page.waitForSelector('.confirmation .ticket');
  },

  'unknown addresses show a page with a way back': async ({ page }) => {
    for (const address of ['/nowhere', '/events/x/y', '/?view=nothing']) {
      const answer = await page.goto(address);
      assert.equal(answer.status(), address.startsWith('/?') ? 200 : 404);
      await page.getByRole('heading', { name: 'This page does not exist' }).waitFor();
    }
    await page.goto('/?event=00000000-0000-4000-8000-000000000000');
    await page.getByText('There is no such event').waitFor();
    await page.getByRole('link', { name: 'All events' }).last().click();
    await page.waitForSelector('.event-card');
  },

  'the focus stays on the page when a hold expires': async ({ page, api }) => {
    const event = await scheduleTestEvent(api, { holdSeconds: 4 });
    await openMap(page, event);
    await holdBest(page);
    await page.locator('.payment button[type=submit]').focus();
    await sees(page, 'Your hold has ended');
    await page.waitForTimeout(300);
    const focused = await page.evaluate(() => {
      const { activeElement, body } = globalThis.document;
      return activeElement !== body && activeElement.offsetParent !== null;
    });
    assert.ok(focused);
  },

  'a click on an unavailable seat shows the reason': async ({ page, api }) => {
    const event = await scheduleTestEvent(api);
    const seatId = event.layout.seats.id[50];
    await api.reserve(event.eventId, [seatId]);
    await openMap(page, event);
    await page.waitForFunction((id) => {
      const { seatMap, plan } = globalThis.document.querySelector('canvas');
      return seatMap.codes[plan.indexOf.get(id)] === 1;
    }, seatId);
    await clickSeat(page, seatId);
    await sees(page, /cannot be chosen/);
    await sees(page, /Another buyer is holding this seat/);
  },

  'nothing scrolls sideways at 320 pixels': async ({ page, api }) => {
    const event = await scheduleTestEvent(api);
    await page.setViewportSize({ width: 320, height: 640 });
    const fits = async (where) => {
      const width = await page.evaluate(() => globalThis.document.documentElement.scrollWidth);
      assert.ok(width <= 320, `${where} is ${width} pixels wide`);
    };
    await page.goto('/');
    await page.waitForSelector('.event-card');
    await fits('the list');
    await openMap(page, event);
    await fits('the event');
    await holdBest(page);
    await fits('the hold');
    await pay(page);
    await page.waitForSelector('.confirmation .ticket__code img');
    await fits('the confirmation');
    await page.goto('/?view=reservations');
    await page.waitForSelector('.reservation .ticket__code img');
    await fits('the reservations');
    await page.goto('/nowhere');
    await fits('an unknown address');
  },

  'the turn in the queue is signaled in the title of a hidden tab': async ({ page, api }) => {
    const event = await scheduleTestEvent(api);
    const inside = await api.occupyWaitingRoom(event.eventId);
    await page.goto(addressOf(event));
    await page.getByRole('button', { name: 'Take a number' }).click();
    await sees(page, /You are next|in front/);
    await page.evaluate(() => {
      Object.defineProperty(globalThis.document, 'hidden', { value: true, configurable: true });
    });
    await inside.leave();
    await page.waitForFunction(() => /your turn/i.test(globalThis.document.title));
    assert.match(await page.locator('#assertive').textContent(), /your turn/i);
  },
};
