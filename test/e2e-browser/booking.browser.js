/**
 * Buys tickets as a person does: a real browser against a running server, with a second person watching.
 *
 *   node test/e2e-browser/booking.browser.js --base-url http://localhost:3000 [--chromium /usr/bin/chromium] [--shots folder]
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { hallForTheTest, apiOf } from './hall.js';

const DEFAULT_CHROMIUM = '/usr/bin/chromium';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const WAIT_MS = 15_000;
/** A sale must reach everybody who looks at the map within this. */
const LIVE_MS = 5_000;
/** Refusals that the steps provoke; the browser writes each into its console. */
const EXPECTED_CONSOLE = /status of (402|409)/;

/**
 * @param {string} baseUrl @param {string} [chromiumPath] @param {string} [shotsFolder] pictures of each step
 * @returns {Promise<{passed: number, failed: number, skipped: number}>}
 */
export async function runBookingInBrowser(
  baseUrl,
  chromiumPath = DEFAULT_CHROMIUM,
  shotsFolder = '',
) {
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    headless: true,
    args: FLAGS,
  });
  const api = apiOf(baseUrl);
  /** @type {string[]} */
  const complaints = [];

  /** A person with a browser of their own. */
  async function person(options = {}) {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 860 },
      baseURL: baseUrl,
      ...options,
    });
    context.setDefaultTimeout(WAIT_MS);
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(String(error.stack)));
    page.on('console', (message) => {
      if (message.type() === 'error' && !EXPECTED_CONSOLE.test(message.text()))
        complaints.push(message.text());
    });
    return page;
  }

  const outcome = { passed: 0, failed: 0, skipped: 0 };
  const pages = { buyer: await person(), watcher: await person(), late: await person() };
  try {
    const hall = await hallForTheTest(api);
    for (const [name, step] of Object.entries(steps({ ...pages, hall, api, complaints }))) {
      if (outcome.failed > 0) {
        outcome.skipped++;
        console.log(`skipped  ${name}`);
        continue;
      }
      try {
        await step();
        outcome.passed++;
        console.log(`passed   ${name}`);
      } catch (error) {
        outcome.failed++;
        console.log(`FAILED   ${name}\n${error.stack}`);
      }
      if (shotsFolder)
        await pages.buyer.screenshot({ path: join(shotsFolder, `${outcome.passed}.png`) });
    }
  } finally {
    await browser.close();
  }
  console.log(`${outcome.passed} passed, ${outcome.failed} failed, ${outcome.skipped} skipped`);
  return outcome;
}

/** Each step goes on where the one before has left the pages. */
function steps({ buyer, watcher, late, hall, api, complaints }) {
  const eventAddress = `/?event=${encodeURIComponent(hall.eventId)}`;
  /** @type {string[]} */
  let bought = [];
  let codesBefore = [];

  return {
    'the list shows events with date, place, price and seats left': async () => {
      await buyer.goto('/');
      await buyer.waitForSelector('.event-card');
      const card = await buyer.locator('.event-card').first().innerText();
      assert.match(card, /\d/);
      assert.match(card, /from/i);
    },

    'searching finds the event by its name, and nothing by nonsense': async () => {
      await buyer.fill('#q', 'zzqqxxnothing');
      await buyer.getByRole('heading', { name: 'Nothing found' }).waitFor();
      await buyer.fill('#q', hall.name);
      await buyer.locator('.event-card', { hasText: hall.name }).first().waitFor();
      assert.match(buyer.url(), /[?&]q=/);
    },

    'opening it shows the map, the prices and that it is live': async () => {
      await buyer.locator('.event-card', { hasText: hall.name }).first().getByRole('link').click();
      await buyer.getByRole('heading', { level: 1, name: hall.name }).waitFor();
      await buyer.waitForSelector('.feed[data-state=live]');
      assert.ok((await buyer.locator('.legend__row').count()) >= 2);
      const size = await buyer.locator('canvas').boundingBox();
      assert.ok(size && size.width > 300 && size.height > 300);
      assert.ok((await buyer.locator('*').count()) < 1_000, 'seats are not DOM nodes');
    },

    'somebody else looks at the same map': async () => {
      await watcher.goto(eventAddress);
      await watcher.waitForSelector('.feed[data-state=live]');
    },

    'a click on the canvas chooses a seat, another click gives it up': async () => {
      const [seat] = await freeSeats(api, hall, 1, 40);
      await clickSeat(buyer, seat);
      await buyer.getByText('1 seat', { exact: true }).waitFor();
      await clickSeat(buyer, seat);
      await buyer.getByText('No seats chosen yet').waitFor();
    },

    'two seats on the canvas make a basket with a total': async () => {
      bought = await freeSeats(api, hall, 2, 60);
      for (const seat of bought) await clickSeat(buyer, seat);
      await buyer.getByRole('button', { name: 'Hold 2 seats' }).waitFor();
      assert.equal(await buyer.locator('.basket__seat').count(), 2);
      assert.match(await buyer.locator('.basket__total').innerText(), /\d/);
      codesBefore = await codesOf(watcher, bought);
      assert.deepEqual(codesBefore, [0, 0]);
    },

    'holding starts the countdown, and the watcher sees it at once': async () => {
      await buyer.getByRole('button', { name: 'Hold 2 seats' }).click();
      await buyer.getByRole('heading', { name: '2 seats held for you' }).waitFor();
      assert.match(await buyer.locator('.hold__time').innerText(), /^\d+:\d\d$/);
      await seesCodes(watcher, bought, 1);
    },

    'a reload comes back to the hold': async () => {
      await buyer.reload();
      await buyer.getByRole('heading', { name: '2 seats held for you' }).waitFor();
    },

    'a declined card is told kindly, and the seats stay held': async () => {
      await buyer.waitForTimeout(700);
      await buyer.check('input[value=tok_declined]');
      await buyer.locator('.payment button').click();
      await buyer.locator('.notice', { hasText: 'The payment was declined' }).waitFor();
      assert.ok(await buyer.getByRole('heading', { name: '2 seats held for you' }).isVisible());
    },

    'paying gives two tickets': async () => {
      await buyer.check('input[value=tok_success]');
      await buyer.locator('.payment button').click();
      await buyer.waitForSelector('.ticket');
      assert.equal(await buyer.locator('.ticket').count(), 2);
      assert.match(await buyer.locator('.ticket').first().innerText(), /Row/);
    },

    'the watcher sees the seats turn sold, without a reload': async () => {
      await seesCodes(watcher, bought, 2);
    },

    'a seat that somebody else was faster for is refused with a way on': async () => {
      const [wanted, neighbour] = await freeSeats(api, hall, 2, 400);
      await late.goto(eventAddress);
      await late.waitForSelector('.feed[data-state=live]');
      for (const seat of [wanted, neighbour]) await clickSeat(late, seat);
      // The other purchase lands between this page's click and the server.
      const overtake = async (route) => {
        await api.reserve(hall.eventId, [wanted]);
        await route.continue();
      };
      await late.route('**/reservations', overtake, { times: 1 });
      await late.getByRole('button', { name: 'Hold 2 seats' }).click();
      await late.locator('.notice', { hasText: /just taken/ }).waitFor();
      await late.getByRole('button', { name: 'Find the best available' }).waitFor();
      await late.getByRole('button', { name: 'Hold 1 seat', exact: true }).waitFor();
    },

    'best available holds two seats in one step, and release gives them back': async () => {
      await late.reload();
      await late.getByRole('button', { name: 'Hold the best' }).click();
      await late.getByRole('heading', { name: '2 seats held for you' }).waitFor();
      await late.waitForTimeout(700);
      await late.getByRole('button', { name: 'Release' }).click();
      await late.getByText('No seats chosen yet').waitFor();
    },

    'the same can be done from lists, with the keyboard alone': async () => {
      await late.locator('.lists summary').focus();
      await late.keyboard.press('Enter');
      await late.locator('#list-seat').waitFor();
      await late.getByRole('button', { name: 'Add this seat' }).focus();
      await late.keyboard.press('Enter');
      await late.getByRole('button', { name: 'Hold 1 seat', exact: true }).waitFor();
    },

    'on the map the keyboard finds and chooses a seat too': async () => {
      await late.getByRole('button', { name: 'Clear' }).click();
      await late.locator('canvas').focus();
      for (const key of ['+', '+', '+', 'Enter', 'ArrowRight']) await late.keyboard.press(key);
      await late.waitForFunction(() =>
        /row .+ seat /.test(globalThis.document.querySelector('#polite').textContent),
      );
    },

    'my reservations lists the tickets': async () => {
      await buyer.getByRole('navigation').getByRole('link', { name: 'My reservations' }).click();
      await buyer.waitForSelector('.reservation .ticket');
      assert.equal(await buyer.locator('.reservation .ticket').count(), 2);
      assert.match(await buyer.locator('.reservation').first().innerText(), /Paid/);
    },

    'every control has a name, and the browser had nothing to complain of': async () => {
      const nameless = await late.evaluate(() =>
        [...globalThis.document.querySelectorAll('button, a, select, input')]
          .filter((element) => !element.closest('[hidden]'))
          .filter(
            (element) =>
              !(
                element.getAttribute('aria-label') ||
                element.textContent.trim() ||
                element.labels?.length > 0
              ),
          )
          .map((element) => element.outerHTML),
      );
      assert.deepEqual(nameless, []);
      assert.deepEqual(complaints, []);
    },
  };
}

/** Ids of free seats side by side, from the `from`-th seat of the plan on. */
async function freeSeats(api, { eventId, layout }, count, from) {
  const { status } = await api.get(`/v1/events/${eventId}/seat-status`);
  const { id, row } = layout.seats;
  for (let seat = from; seat + count <= status.length; seat++) {
    const run = Array.from({ length: count }, (_, offset) => seat + offset);
    if (run.every((at) => status[at] === 'a' && row[at] === row[seat]))
      return run.map((at) => id[at]);
  }
  throw new Error(`No ${count} free seats side by side are left.`);
}

/** Clicks where the map has drawn the seat. */
async function clickSeat(page, seatId) {
  const at = await page.evaluate((id) => {
    const canvas = globalThis.document.querySelector('canvas');
    const { left, top } = canvas.getBoundingClientRect();
    const { x, y } = canvas.seatMap.whereIs(canvas.plan.indexOf.get(id));
    return { x: left + x, y: top + y };
  }, seatId);
  await page.mouse.click(at.x, at.y);
}

/** What the page knows of seats: 0 available, 1 reserved, 2 sold, 3 blocked. */
const codesOf = (page, seatIds) =>
  page.evaluate((ids) => {
    const { seatMap, plan } = globalThis.document.querySelector('canvas');
    return ids.map((id) => seatMap.codes[plan.indexOf.get(id)]);
  }, seatIds);

const seesCodes = (page, seatIds, code) =>
  page.waitForFunction(
    ({ ids, wanted }) => {
      const { seatMap, plan } = globalThis.document.querySelector('canvas');
      return ids.every((id) => seatMap.codes[plan.indexOf.get(id)] === wanted);
    },
    { ids: seatIds, wanted: code },
    { timeout: LIVE_MS },
  );

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      'base-url': { type: 'string' },
      chromium: { type: 'string' },
      shots: { type: 'string' },
    },
  });
  const baseUrl = values['base-url'];
  const chromiumPath = values.chromium ?? DEFAULT_CHROMIUM;
  if (!baseUrl || !existsSync(chromiumPath)) {
    console.error(
      baseUrl
        ? `There is no Chromium at ${chromiumPath}; name one with --chromium.`
        : 'Name the server with --base-url.',
    );
    process.exitCode = 2;
  } else {
    const { failed } = await runBookingInBrowser(baseUrl, chromiumPath, values.shots ?? '');
    process.exitCode = failed > 0 ? 1 : 0;
  }
}
