/**
 * Buyer scenarios beyond a simple purchase: an opening that a cached clock would miss, tickets that can be scanned, an event that
 * changes while its page is open, two tabs, unknown addresses, a narrow phone.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import jsQR from 'jsqr';
import { chromium } from 'playwright-core';
import { PNG } from 'pngjs';
import { apiOf, hallForTheTest } from './hall.js';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-sync',
];
const WAIT_MS = 15_000;
/** Maximum delay between the opening of sales and the opening of the page. */
const OPENS_WITHIN_MS = 2_000;
/** Maximum delay until the page shows a change by the organizer. */
const TOLD_WITHIN_MS = 8_000;
const STALE_MS = 90_000;

/**
 * @param {string} baseUrl @param {string} chromiumPath @param {string} [shotsFolder] pictures of each step
 * @returns {Promise<{passed: number, failed: number, skipped: number}>}
 */
export async function runPageInBrowser(baseUrl, chromiumPath, shotsFolder = '') {
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    headless: true,
    args: FLAGS,
  });
  const outcome = { passed: 0, failed: 0, skipped: 0 };
  const api = apiOf(baseUrl);
  try {
    for (const [name, step] of Object.entries(steps(api))) {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 860 },
        baseURL: baseUrl,
      });
      context.setDefaultTimeout(WAIT_MS);
      const page = await context.newPage();
      try {
        await step({ page, context, browser });
        outcome.passed++;
        console.log(`passed   ${name}`);
      } catch (error) {
        outcome.failed++;
        console.log(`FAILED   ${name}\n${error.stack}`);
      }
      if (shotsFolder)
        await page.screenshot({
          path: join(shotsFolder, `page-${outcome.passed + outcome.failed}.png`),
        });
      await context.close();
    }
  } finally {
    await browser.close();
  }
  console.log(`${outcome.passed} passed, ${outcome.failed} failed, ${outcome.skipped} skipped`);
  return outcome;
}

const addressOf = ({ eventId }) => `/?event=${encodeURIComponent(eventId)}`;
const bodyText = (page) => page.locator('main').innerText();

async function openMap(page, hall) {
  await page.goto(addressOf(hall));
  await page.waitForSelector('.feed[data-state=live]');
}

async function holdBest(page) {
  await page.getByRole('button', { name: 'Hold the best' }).click();
  await page.getByRole('heading', { name: '2 seats held for you' }).waitFor();
  await page.waitForTimeout(700);
}

async function buyBest(page) {
  await holdBest(page);
  await page.locator('.payment button[type=submit]').click();
  await page.waitForSelector('.confirmation .ticket');
}

/** Free, held or sold: where the map draws a seat. */
async function clickSeat(page, seatId) {
  const at = await page.evaluate((id) => {
    const canvas = globalThis.document.querySelector('canvas');
    const { left, top } = canvas.getBoundingClientRect();
    const { x, y } = canvas.seatMap.whereIs(canvas.plan.indexOf.get(id));
    return { x: left + x, y: top + y };
  }, seatId);
  await page.mouse.click(at.x, at.y);
}

/** The text of a QR code as a phone reads it off the screen. */
async function scan(locator) {
  await locator.evaluate((image) => image.decode());
  const { data, width, height } = PNG.sync.read(await locator.screenshot());
  return jsQR(Uint8ClampedArray.from(data), width, height)?.data;
}

function steps(api) {
  return {
    'the page opens on time, even if a cache returns an old time': async ({ page }) => {
      const opensAt = Date.now() + 12_000;
      const hall = await hallForTheTest(api, { onSaleAt: new Date(opensAt).toISOString() });
      // Simulates a cache that kept the answer for a while.
      await page.route(`**/v1/events/${hall.eventId}`, async (route) => {
        const answer = await route.fetch();
        const date = new Date(Date.now() - STALE_MS).toUTCString();
        await route.fulfill({ response: answer, headers: { ...answer.headers(), date } });
      });
      await openMap(page, hall);
      await page
        .getByText(/On sale in/)
        .first()
        .waitFor();
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

    'the confirmation has codes that a scanner reads, a PDF and a calendar': async ({ page }) => {
      const hall = await hallForTheTest(api);
      await openMap(page, hall);
      await holdBest(page);
      await page.fill('#email', 'anna@example.org');
      const [request] = await Promise.all([
        page.waitForRequest(/\/confirm$/),
        page.locator('.payment button[type=submit]').click(),
      ]);
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

    'a rescheduled event says so at once': async ({ page }) => {
      const hall = await hallForTheTest(api);
      await openMap(page, hall);
      await api.change(hall.eventId, {
        startsAt: new Date(Date.now() + 30 * 86_400_000).toISOString(),
      });
      await page
        .getByText('This event was rescheduled')
        .first()
        .waitFor({ timeout: TOLD_WITHIN_MS });
    },

    'a canceled event says so at once, and offers nothing': async ({ page }) => {
      const hall = await hallForTheTest(api);
      await openMap(page, hall);
      await api.cancel(hall.eventId);
      await page
        .getByText(/This event (?:was|is) canceled/)
        .first()
        .waitFor({ timeout: TOLD_WITHIN_MS });
      await page.waitForFunction(
        () =>
          ![...globalThis.document.querySelectorAll('main button')].some(
            (button) => /Hold/.test(button.textContent) && button.offsetParent !== null,
          ),
      );
      await page.reload();
      await page.getByText('This event is canceled').first().waitFor();
    },

    'two tabs show each other’s hold': async ({ page, context }) => {
      const hall = await hallForTheTest(api);
      await openMap(page, hall);
      // Both tabs act for the account that the first one has.
      await holdBest(page);
      await page.getByRole('button', { name: 'Release' }).click();
      await page.getByText('No seats chosen yet').waitFor();
      const other = await context.newPage();
      await openMap(other, hall);
      await holdBest(page);
      await other.getByRole('heading', { name: '2 seats held for you' }).waitFor();
      await page.getByRole('button', { name: 'Release' }).click();
      await other.getByText('The seats were given back').first().waitFor();
      await holdBest(other);
      await page.getByRole('heading', { name: '2 seats held for you' }).waitFor();
      await other.locator('.payment button[type=submit]').click();
      await other.waitForSelector('.confirmation .ticket');
      await page.waitForSelector('.confirmation .ticket');
    },

    'unknown addresses get a page': async ({ page }) => {
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

    'the focus stays on the page when a hold expires': async ({ page }) => {
      const hall = await hallForTheTest(api, { holdSeconds: 4 });
      await openMap(page, hall);
      await holdBest(page);
      await page.locator('.payment button[type=submit]').focus();
      await page.getByText('Your hold has ended').first().waitFor();
      await page.waitForTimeout(300);
      const focused = await page.evaluate(() => {
        const { activeElement, body } = globalThis.document;
        return activeElement !== body && activeElement.offsetParent !== null;
      });
      assert.ok(focused);
    },

    'a click on an unavailable seat shows why': async ({ page }) => {
      const hall = await hallForTheTest(api);
      const seatId = hall.layout.seats.id[50];
      await api.reserve(hall.eventId, [seatId]);
      await openMap(page, hall);
      await page.waitForFunction((id) => {
        const { seatMap, plan } = globalThis.document.querySelector('canvas');
        return seatMap.codes[plan.indexOf.get(id)] === 1;
      }, seatId);
      await clickSeat(page, seatId);
      await page
        .getByText(/cannot be chosen/)
        .first()
        .waitFor();
      await page
        .getByText(/Another buyer is holding this seat/)
        .first()
        .waitFor();
    },

    'nothing scrolls sideways at 320 pixels': async ({ page }) => {
      const hall = await hallForTheTest(api);
      await page.setViewportSize({ width: 320, height: 640 });
      const fits = async (where) => {
        const width = await page.evaluate(() => globalThis.document.documentElement.scrollWidth);
        assert.ok(width <= 320, `${where} is ${width} pixels wide`);
      };
      await page.goto('/');
      await page.waitForSelector('.event-card');
      await fits('the list');
      await openMap(page, hall);
      await fits('the event');
      await holdBest(page);
      await fits('the hold');
      await page.locator('.payment button[type=submit]').click();
      await page.waitForSelector('.confirmation .ticket__code img');
      await fits('the confirmation');
      await page.goto('/?view=reservations');
      await page.waitForSelector('.reservation .ticket__code img');
      await fits('the reservations');
      await page.goto('/nowhere');
      await fits('an unknown address');
    },

    'the turn in the queue is signaled in the title of a hidden tab': async ({ page, context }) => {
      const hall = await hallForTheTest(api);
      const inside = await api.occupyWaitingRoom(hall.eventId);
      await page.goto(addressOf(hall));
      await page.getByRole('button', { name: 'Take a number' }).click();
      await page
        .getByText(/You are next|in front/)
        .first()
        .waitFor();
      await page.evaluate(() => {
        Object.defineProperty(globalThis.document, 'hidden', { value: true, configurable: true });
      });
      await inside.goOut();
      await page.waitForFunction(() => /your turn/i.test(globalThis.document.title));
      assert.match(await page.locator('#assertive').textContent(), /your turn/i);
      await context.close();
    },

    'a hold bought with a card gives tickets also after a reload': async ({ page }) => {
      const hall = await hallForTheTest(api);
      await openMap(page, hall);
      await buyBest(page);
      await page.goto('/?view=reservations');
      await page.waitForSelector('.reservation .ticket__code img');
      assert.match(await bodyText(page), /Paid/);
    },
  };
}
