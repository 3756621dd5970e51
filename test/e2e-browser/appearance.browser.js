/** Texts, colors and controls as they are drawn. */
import assert from 'node:assert/strict';
import { holdBest, openMap } from './support/actions.js';
import { scheduleInSmallVenue, scheduleTestEvent } from './support/test-event.js';

const PHONE = { width: 390, height: 844 };
const DESCRIPTION = 'First part: Schubert\nSecond part: Brahms\n\nNo interval.';
/** Colors as the API takes them, and as the map must draw them. */
const COLORS = [
  ['blue', [0, 0, 255]],
  ['rebeccapurple', [102, 51, 153]],
  ['#00f', [0, 0, 255]],
  ['#00ff', [0, 0, 255]],
  ['#0000ffff', [0, 0, 255]],
  ['#3b6fb6', [59, 111, 182]],
  ['rgb(1, 2, 3)', [1, 2, 3]],
  ['rgba(1, 2, 3, 1)', [1, 2, 3]],
  ['transparent', null],
  ['#0000', null],
  ['nonsense', null],
];

export const appearanceSteps = {
  'the page understands every color that the API takes': async ({ page }) => {
    await page.goto('/');
    const drawn = await page.evaluate(
      async (texts) => {
        const { parseColor } = await import('/seat-map/colors.js');
        return texts.map((text) => [text, parseColor(text)]);
      },
      COLORS.map(([text]) => text),
    );
    assert.deepEqual(drawn, COLORS);
  },

  'a category named blue is blue, and one without seats is left out': async ({ page, api }) => {
    const event = await scheduleInSmallVenue(api, [
      { name: 'Stalls', color: 'blue' },
      { name: 'Empty', color: '#ff0000' },
    ]);
    await openMap(page, event);
    const legend = page.locator('.legend__row');
    assert.equal(await legend.count(), 1);
    assert.equal(await legend.locator('circle').getAttribute('fill'), 'rgb(0 0 255 / 1)');
    const options = await page.locator('#best-category option').allInnerTexts();
    assert.deepEqual(
      options.map((text) => text.split(' ·')[0]),
      ['Any category', 'Stalls'],
    );
  },

  'the description can be read on a phone, line by line': async ({ page, api }) => {
    const event = await scheduleTestEvent(api, { description: DESCRIPTION });
    await page.setViewportSize(PHONE);
    await openMap(page, event);
    await page.getByText('About this event').click();
    const text = page.locator('.event-title__about p');
    await text.waitFor();
    assert.equal(await text.innerText(), DESCRIPTION);
  },

  'the description is shown on a desktop, line by line': async ({ page, api }) => {
    const event = await scheduleTestEvent(api, { description: DESCRIPTION });
    await openMap(page, event);
    const text = page.locator('.event-title__about p');
    assert.equal(await text.innerText(), DESCRIPTION);
  },

  'the email field looks like the other fields': async ({ page, api }) => {
    const event = await scheduleTestEvent(api);
    await openMap(page, event);
    const look = (element) => {
      const { width, height, borderRadius, paddingLeft } = globalThis.getComputedStyle(element);
      return { isWide: parseFloat(width) > 250, height, borderRadius, paddingLeft };
    };
    const select = await page.locator('#best-category').evaluate(look);
    await holdBest(page);
    const email = await page.locator('#email').evaluate(look);
    assert.deepEqual(email, { ...select, isWide: true });
  },

  'the tickets of an order are listed in the order of the plan': async ({ page, api }) => {
    const event = await scheduleTestEvent(api);
    await openMap(page, event);
    await page.getByRole('button', { name: 'One seat more' }).click();
    await page.getByRole('button', { name: 'Hold the best' }).click();
    await page.getByRole('heading', { name: '3 seats held for you' }).waitFor();
    await page.waitForTimeout(700);
    await page.locator('.payment button[type=submit]').click();
    await page.waitForSelector('.confirmation .ticket');
    const seats = await page.locator('.confirmation .ticket__seat').allInnerTexts();
    await page.goto('/?view=reservations');
    await page.waitForSelector('.reservation .ticket');
    assert.deepEqual(await page.locator('.reservation .ticket__seat').allInnerTexts(), seats);
    const numbers = seats.map((text) => Number(/(\d+)\s*$/.exec(text)?.[1]));
    assert.deepEqual(
      numbers,
      [...numbers].sort((a, b) => a - b),
    );
  },
};
