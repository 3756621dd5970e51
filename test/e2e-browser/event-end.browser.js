/** An event that is canceled or begins while a buyer holds seats. */
import assert from 'node:assert/strict';
import { bodyText, clickSeat, holdBest, openMap, sees } from './support/actions.js';
import { scheduleTestEvent } from './support/test-event.js';

const SHOWN_WITHIN_MS = 8_000;
const STARTS_AFTER_MS = 12_000;

/** Neither a hold nor anything to choose or to pay is shown. */
async function assertNothingIsOffered(page) {
  await page.waitForFunction(() =>
    [...globalThis.document.querySelectorAll('main button')].every(
      (button) =>
        !/Hold|Pay|Release|Clear/.test(button.textContent) || button.offsetParent === null,
    ),
  );
  assert.equal(await page.locator('.hold').isVisible(), false);
  assert.equal(await page.locator('.basket__seat').count(), 0);
  const text = await bodyText(page);
  assert.doesNotMatch(text, /on sale again|\d left|Pay within/);
}

export const eventEndSteps = {
  'a cancellation ends the hold of a buyer with an explanation': async ({ page, api }) => {
    const event = await scheduleTestEvent(api);
    await openMap(page, event);
    await holdBest(page);
    await api.cancel(event.eventId);
    await sees(page, 'This event is canceled', { timeout: SHOWN_WITHIN_MS });
    await sees(page, 'The event was canceled before you paid. Nothing was charged.');
    await assertNothingIsOffered(page);
    await page.reload();
    await sees(page, 'This event is canceled');
    await assertNothingIsOffered(page);
  },

  'the start of an event ends the hold of a buyer, also after a reload': async ({ page, api }) => {
    const startsAt = new Date(Date.now() + STARTS_AFTER_MS).toISOString();
    const event = await scheduleTestEvent(api, { startsAt });
    await openMap(page, event);
    await holdBest(page);
    await sees(page, 'This event is over', { timeout: STARTS_AFTER_MS + SHOWN_WITHIN_MS });
    await sees(page, 'Sales ended before you paid. Nothing was charged.');
    await assertNothingIsOffered(page);
    await page.reload();
    await sees(page, 'This event is over');
    await assertNothingIsOffered(page);
    await page.goto('/?view=reservations');
    await page.locator('.badge', { hasText: 'Hold ended' }).waitFor();
    assert.doesNotMatch(await bodyText(page), /Pay/);
  },

  'a seat of a past event cannot be chosen': async ({ page, api }) => {
    const startsAt = new Date(Date.now() + STARTS_AFTER_MS / 2).toISOString();
    const event = await scheduleTestEvent(api, { startsAt });
    await openMap(page, event);
    await sees(page, 'This event is over', { timeout: STARTS_AFTER_MS + SHOWN_WITHIN_MS });
    await clickSeat(page, event.layout.seats.id[50]);
    await sees(page, /cannot be chosen/);
    await assertNothingIsOffered(page);
  },
};
