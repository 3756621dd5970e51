/** Tickets after a purchase: codes, documents, the list of reservations. */
import assert from 'node:assert/strict';
import jsQR from 'jsqr';
import { PNG } from 'pngjs';
import { bodyText, buyBest, holdBest, openMap, pay } from './support/actions.js';
import { scheduleTestEvent } from './support/test-event.js';

/**
 * Reads a QR code from the screen as a phone does.
 * @param {import('playwright-core').Locator} locator
 */
async function scan(locator) {
  await locator.evaluate((image) => image.decode());
  const { data, width, height } = PNG.sync.read(await locator.screenshot());
  return jsQR(Uint8ClampedArray.from(data), width, height)?.data;
}

/** @type {import('./support/run-steps.js').Steps} */
export const ticketSteps = {
  'the confirmation has scannable codes, a PDF and a calendar': async ({ page, api }) => {
    const event = await scheduleTestEvent(api);
    await openMap(page, event);
    await holdBest(page);
    await page.fill('#email', 'anna@example.org');
    const [request] = await Promise.all([page.waitForRequest(/\/confirm$/), pay(page)]);
    assert.equal(request.postDataJSON().email, 'anna@example.org');
    const code = page.locator('.confirmation .ticket__code img').first();
    await code.waitFor();
    assert.match((await scan(code)) ?? '', /^\S{60,}$/);
    assert.equal(await page.locator('.confirmation .ticket__code img').count(), 2);
    for (const [name, file] of [
      ['Download PDF', /\.pdf$/],
      ['Add to calendar', /\.ics$/],
    ]) {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.locator('.confirmation').getByRole('button', { name }).click(),
      ]);
      assert.match(download.suggestedFilename(), file);
    }
    await page.emulateMedia({ media: 'print' });
    assert.equal(await code.isVisible(), true, 'the code is printed');
    await page.emulateMedia({ media: 'screen' });
    await page.goto('/?view=reservations');
    const kept = page.locator('.reservation .ticket__code img').first();
    await kept.waitFor();
    assert.match((await scan(kept)) ?? '', /^\S{60,}$/);
    await page.locator('.reservation').getByRole('button', { name: 'Download PDF' }).waitFor();
  },

  'bought tickets are listed after a reload': async ({ page, api }) => {
    const event = await scheduleTestEvent(api);
    await openMap(page, event);
    await buyBest(page);
    await page.goto('/?view=reservations');
    await page.waitForSelector('.reservation .ticket__code img');
    assert.match(await bodyText(page), /Paid/);
  },
};
