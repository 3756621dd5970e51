/** The opening of sales and changes by the organizer, while the page is open. */
import assert from 'node:assert/strict';
import { holdBest, openMap, sees } from './support/actions.js';
import { scheduleTestEvent } from './support/test-event.js';

/** Maximum delay between the opening of sales and the opening of the page. */
const OPENS_WITHIN_MS = 2_000;
/** Maximum delay until the page shows a change by the organizer. */
const SHOWN_WITHIN_MS = 8_000;
const STALE_MS = 90_000;

/** @type {import('./support/run-steps.js').Steps} */
export const eventChangeSteps = {
  'seats can be held on time, even if a cache returns an old time': async ({ page, api }) => {
    const opensAt = Date.now() + 12_000;
    const event = await scheduleTestEvent(api, { onSaleAt: new Date(opensAt).toISOString() });
    // Simulates a cache that returns an old answer.
    await page.route(`**/v1/events/${event.eventId}`, async (route) => {
      const answer = await route.fetch();
      const date = new Date(Date.now() - STALE_MS).toUTCString();
      await route.fulfill({ response: answer, headers: { ...answer.headers(), date } });
    });
    await openMap(page, event);
    await sees(page, /On sale in/);
    const hold = page.getByRole('button', { name: 'Hold the best' });
    assert.equal(await hold.isDisabled(), true);
    await page.waitForFunction(
      () => {
        const buttons = [...globalThis.document.querySelectorAll('button')];
        return buttons.some(
          (button) => /Hold the best/.test(button.textContent) && !button.disabled,
        );
      },
      undefined,
      { timeout: opensAt + OPENS_WITHIN_MS - Date.now() },
    );
    assert.ok(Date.now() >= opensAt - 200, 'not before sales open');
    await holdBest(page);
  },

  'the page reports at once that the event was rescheduled': async ({ page, api }) => {
    const event = await scheduleTestEvent(api);
    await openMap(page, event);
    await api.change(event.eventId, {
      startsAt: new Date(Date.now() + 30 * 86_400_000).toISOString(),
    });
    await sees(page, 'This event was rescheduled', { timeout: SHOWN_WITHIN_MS });
  },

  'the page reports at once that the event was canceled, and offers no seats': async ({
    page,
    api,
  }) => {
    const event = await scheduleTestEvent(api);
    await openMap(page, event);
    await api.cancel(event.eventId);
    await sees(page, /This event (?:was|is) canceled/, { timeout: SHOWN_WITHIN_MS });
    await page.waitForFunction(
      () =>
        ![...globalThis.document.querySelectorAll('main button')].some(
          (button) => /Hold/.test(button.textContent) && button.offsetParent !== null,
        ),
    );
    await page.reload();
    await sees(page, 'This event is canceled');
  },
};
