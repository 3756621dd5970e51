/** A purchase from the list of events to the tickets, with a second person who watches the map. */
import assert from 'node:assert/strict';
import { addressOf, clickSeat } from './support/actions.js';
import { scheduleTestEvent } from './support/test-event.js';
import { runStory } from './support/run-steps.js';

/**
 * @typedef {import('playwright-core').Page} Page
 * @typedef {import('./support/test-event.js').TestEvent} TestEvent
 * @typedef {{
 *   buyer: Page, watcher: Page, late: Page, event: TestEvent,
 *   api: import('./support/api.js').Api, facts: {bought: string[], errors: string[]},
 * }} Scene
 */

/** A sale must reach every open map within this. */
const LIVE_MS = 5_000;
/** Problems that the steps provoke; the browser writes each into its console. */
const EXPECTED_CONSOLE = /status of (402|409)/;

/**
 * Each step continues where the one before has left the pages.
 * @type {Record<string, (scene: Scene) => Promise<void>>}
 */
const steps = {
  'the list shows events with date, place, price and seats left': async ({ buyer }) => {
    await buyer.goto('/');
    await buyer.waitForSelector('.event-card');
    const card = await buyer.locator('.event-card').first().innerText();
    assert.match(card, /\d/);
    assert.match(card, /from/i);
  },

  'a search finds the event by its name, and nothing by an unknown word': async ({
    buyer,
    event,
  }) => {
    await buyer.fill('#q', 'zzqqxxnothing');
    await buyer.getByRole('heading', { name: 'Nothing found' }).waitFor();
    await buyer.fill('#q', event.name);
    await buyer.locator('.event-card', { hasText: event.name }).first().waitFor();
    assert.match(buyer.url(), /[?&]q=/);
  },

  'the event page shows the map, the prices and the live feed': async ({ buyer, event }) => {
    await buyer.locator('.event-card', { hasText: event.name }).first().getByRole('link').click();
    await buyer.getByRole('heading', { level: 1, name: event.name }).waitFor();
    await buyer.waitForSelector('.feed[data-state=live]');
    assert.ok((await buyer.locator('.legend__row').count()) >= 2);
    const size = await buyer.locator('canvas').boundingBox();
    assert.ok(size && size.width > 300 && size.height > 300);
    assert.ok((await buyer.locator('*').count()) < 1_000, 'seats are not DOM nodes');
  },

  'a second person opens the same map': async ({ watcher, event }) => {
    await watcher.goto(addressOf(event));
    await watcher.waitForSelector('.feed[data-state=live]');
  },

  'a click on the map chooses a seat, a second click removes it': async ({ buyer, event, api }) => {
    const [seat] = await freeSeats(api, event, 1, 40);
    await clickSeat(buyer, seat);
    await buyer.getByText('1 seat', { exact: true }).waitFor();
    await clickSeat(buyer, seat);
    await buyer.getByText('No seats chosen yet').waitFor();
  },

  'two seats on the map are listed with their total': async ({
    buyer,
    watcher,
    event,
    api,
    facts,
  }) => {
    facts.bought = await freeSeats(api, event, 2, 60);
    for (const seat of facts.bought) await clickSeat(buyer, seat);
    await buyer.getByRole('button', { name: 'Hold 2 seats' }).waitFor();
    assert.equal(await buyer.locator('.basket__seat').count(), 2);
    assert.match(await buyer.locator('.basket__total').innerText(), /\d/);

    assert.deepEqual(await codesOf(watcher, facts.bought), [0, 0]);
  },

  'a hold starts the countdown, and the watcher sees the held seats at once': async ({
    buyer,
    watcher,
    facts,
  }) => {
    await buyer.getByRole('button', { name: 'Hold 2 seats' }).click();
    await buyer.getByRole('heading', { name: '2 seats held for you' }).waitFor();
    assert.match(await buyer.locator('.hold__time').innerText(), /^\d+:\d\d$/);
    await seesCodes(watcher, facts.bought, 1);
  },

  'a reload shows the hold again': async ({ buyer }) => {
    await buyer.reload();
    await buyer.getByRole('heading', { name: '2 seats held for you' }).waitFor();
  },

  'a declined payment is explained, and the seats stay held': async ({ buyer }) => {
    await buyer.waitForTimeout(700);
    await buyer.check('input[value=tok_declined]');
    await buyer.locator('.payment button').click();
    await buyer.locator('.notice', { hasText: 'The payment was declined' }).waitFor();
    assert.ok(await buyer.getByRole('heading', { name: '2 seats held for you' }).isVisible());
  },

  'paying gives two tickets': async ({ buyer }) => {
    await buyer.check('input[value=tok_success]');
    await buyer.locator('.payment button').click();
    await buyer.waitForSelector('.ticket');
    assert.equal(await buyer.locator('.ticket').count(), 2);
    assert.match(await buyer.locator('.ticket').first().innerText(), /Row/);
  },

  'the watcher sees the sold seats without a reload': async ({ watcher, facts }) => {
    await seesCodes(watcher, facts.bought, 2);
  },

  'a seat that another buyer has just taken is reported with a next step': async ({
    late,
    event,
    api,
  }) => {
    const [wanted, neighbour] = await freeSeats(api, event, 2, 400);
    await late.goto(addressOf(event));
    await late.waitForSelector('.feed[data-state=live]');
    for (const seat of [wanted, neighbour]) await clickSeat(late, seat);
    // The other hold arrives between the click on this page and its request.
    const overtake = async (route) => {
      await api.reserve(event.eventId, [wanted]);
      await route.continue();
    };
    await late.route('**/reservations', overtake, { times: 1 });
    await late.getByRole('button', { name: 'Hold 2 seats' }).click();
    await late.locator('.notice', { hasText: /just taken/ }).waitFor();
    await late.getByRole('button', { name: 'Find the best available' }).waitFor();
    await late.getByRole('button', { name: 'Hold 1 seat', exact: true }).waitFor();
  },

  'best available holds two seats in one step, and Release gives them back': async ({ late }) => {
    await late.reload();
    await late.getByRole('button', { name: 'Hold the best' }).click();
    await late.getByRole('heading', { name: '2 seats held for you' }).waitFor();
    await late.waitForTimeout(700);
    await late.getByRole('button', { name: 'Release' }).click();
    await late.getByText('No seats chosen yet').waitFor();
  },

  'seats can be chosen from lists with the keyboard alone': async ({ late }) => {
    await late.locator('.lists summary').focus();
    await late.keyboard.press('Enter');
    await late.locator('#list-seat').waitFor();
    await late.getByRole('button', { name: 'Add this seat' }).focus();
    await late.keyboard.press('Enter');
    await late.getByRole('button', { name: 'Hold 1 seat', exact: true }).waitFor();
  },

  'the keyboard moves over the map from seat to seat': async ({ late }) => {
    await late.getByRole('button', { name: 'Clear' }).click();
    await late.locator('canvas').focus();
    for (const key of ['+', '+', '+', 'Enter', 'ArrowRight']) await late.keyboard.press(key);
    await late.waitForFunction(() =>
      /row .+ seat /.test(globalThis.document.querySelector('#polite').textContent),
    );
  },

  'my reservations lists the tickets': async ({ buyer }) => {
    await buyer.getByRole('navigation').getByRole('link', { name: 'My reservations' }).click();
    await buyer.waitForSelector('.reservation .ticket');
    assert.equal(await buyer.locator('.reservation .ticket').count(), 2);
    assert.match(await buyer.locator('.reservation').first().innerText(), /Paid/);
  },

  'every control has a name, and the console shows no errors': async ({ late, facts }) => {
    const unnamed = await late.evaluate(() =>
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
    assert.deepEqual(unnamed, []);
    assert.deepEqual(facts.errors, []);
  },
};

/** @param {import('./support/run-steps.js').Settings} settings */
export const runBooking = (settings) =>
  runStory(steps, settings, async ({ api, newPage }) => {
    /** @type {string[]} */
    const errors = [];
    const person = async () => watchConsole(await newPage(), errors);
    return {
      buyer: await person(),
      watcher: await person(),
      late: await person(),
      event: await scheduleTestEvent(api),
      api,
      facts: { bought: [], errors },
    };
  });

/** Collects errors of the page. @param {Page} page @param {string[]} errors */
function watchConsole(page, errors) {
  page.on('pageerror', (error) => errors.push(String(error.stack)));
  page.on('console', (message) => {
    const isError = message.type() === 'error' && !EXPECTED_CONSOLE.test(message.text());
    if (isError) errors.push(message.text());
  });
  return page;
}

/**
 * Finds available seats side by side, from the seat number `from` of the plan on.
 * @param {import('./support/api.js').Api} api @param {TestEvent} event @param {number} count
 * @param {number} from @returns {Promise<string[]>} ids
 */
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

/** Status codes of seats as the page has them: 0 available, 1 reserved, 2 sold, 3 blocked. */
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
