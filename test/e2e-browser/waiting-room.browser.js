/** A buyer waits in the queue of an event whose waiting room lets in one shopper at a time. */
import assert from 'node:assert/strict';
import { addressOf, sees } from './support/actions.js';
import { runStory } from './support/run-steps.js';
import { scheduleTestEvent } from './support/test-event.js';

/**
 * @typedef {{
 *   page: import('playwright-core').Page, event: import('./support/test-event.js').TestEvent,
 *   room: import('playwright-core').Locator, inside: {leave: () => Promise<void>},
 * }} Scene
 */

/**
 * Each step continues where the one before has left the page.
 * @type {Record<string, (scene: Scene) => Promise<void>>}
 */
const steps = {
  'the waiting room is shown, and nothing can be held yet': async ({ page, event, room }) => {
    await page.goto(addressOf(event));
    await sees(room, 'There is a waiting room');
    const hold = page.getByRole('button', { name: 'Wait for your turn' }).first();
    assert.equal(await hold.isDisabled(), true);
  },

  'a queue number shows the place in the queue': async ({ room }) => {
    await room.getByRole('button', { name: 'Take a number' }).click();
    await sees(room, 'Your place is 2');
    await sees(room, /You are next/);
  },

  'a reload keeps the place': async ({ page, room }) => {
    await page.reload();
    await sees(room, 'Your place is 2');
    assert.equal(await room.getByRole('button', { name: 'Take a number' }).isVisible(), false);
  },

  'the page lets the buyer in when the shopper inside leaves': async ({ room, inside }) => {
    await inside.leave();
    await sees(room, 'It is your turn');
  },

  'seats are held with the pass': async ({ page }) => {
    await page.getByRole('button', { name: 'Hold the best' }).click();
    await page.getByRole('heading', { name: '2 seats held for you' }).waitFor();
  },
};

/** @param {import('./support/run-steps.js').Settings} settings */
export const runWaitingRoom = (settings) =>
  runStory(steps, settings, async ({ api, newPage }) => {
    const page = await newPage();
    const event = await scheduleTestEvent(api);
    const inside = await api.occupyWaitingRoom(event.eventId);
    return { page, event, room: page.locator('.waiting-room'), inside };
  });
