/** @typedef {import('playwright-core').Page} Page */

/** The page ignores a second click of a double click for this long. */
const DOUBLE_CLICK_MS = 700;

/** @param {{eventId: string}} event */
export const addressOf = ({ eventId }) => `/?event=${encodeURIComponent(eventId)}`;

/** @param {Page} page @param {{eventId: string}} event */
export async function openMap(page, event) {
  await page.goto(addressOf(event));
  await page.waitForSelector('.feed[data-state=live]');
}

/** Holds two seats by "Best available". @param {Page} page */
export async function holdBest(page) {
  await page.getByRole('button', { name: 'Hold the best' }).click();
  await page.getByRole('heading', { name: '2 seats held for you' }).waitFor();
  await page.waitForTimeout(DOUBLE_CLICK_MS);
}

/** @param {Page} page @param {string} [token] a sandbox token that the form does not offer */
export async function pay(page, token) {
  if (token)
    await page
      .locator('.payment input[value=tok_success]')
      .evaluate((input, value) => input.setAttribute('value', value), token);
  await page.locator('.payment button[type=submit]').click();
}

/** @param {Page} page */
export async function buyBest(page) {
  await holdBest(page);
  await pay(page);
  await page.waitForSelector('.confirmation .ticket');
}

/** Clicks where the map has drawn a seat. @param {Page} page @param {string} seatId */
export async function clickSeat(page, seatId) {
  const at = await page.evaluate((id) => {
    const canvas = globalThis.document.querySelector('canvas');
    const { left, top } = canvas.getBoundingClientRect();
    const { x, y } = canvas.seatMap.whereIs(canvas.plan.indexOf.get(id));
    return { x: left + x, y: top + y };
  }, seatId);
  await page.mouse.click(at.x, at.y);
}

/** @param {Page} page @param {string | RegExp} text @param {{timeout?: number}} [options] */
export const sees = (page, text, options) => page.getByText(text).first().waitFor(options);

/** @param {Page} page */
export const bodyText = (page) => page.locator('main').innerText();
