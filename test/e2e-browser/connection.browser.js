/** A connection that is lost and comes back. */
import { holdBest, openMap, pay, sees } from './support/actions.js';
import { scheduleTestEvent } from './support/test-event.js';

/** Five attempts with growing pauses. */
const GIVES_UP_WITHIN_MS = 30_000;
const RECONNECTS_WITHIN_MS = 15_000;

export const connectionSteps = {
  'a payment reports a lost connection until the connection is back': async ({
    page,
    context,
    api,
  }) => {
    const event = await scheduleTestEvent(api);
    await openMap(page, event);
    await holdBest(page);
    await context.setOffline(true);
    await pay(page);
    await page.getByRole('button', { name: 'No connection. Trying again…' }).waitFor();
    await sees(page.locator('.notice'), 'No connection', { timeout: GIVES_UP_WITHIN_MS });
    await context.setOffline(false);
    await page.locator('.notice').waitFor({ state: 'detached', timeout: RECONNECTS_WITHIN_MS });
    await page.getByRole('heading', { name: '2 seats held for you' }).waitFor();
  },
};
