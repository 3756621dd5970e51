import { appearanceSteps } from './appearance.browser.js';
import { runBooking } from './booking.browser.js';
import { connectionSteps } from './connection.browser.js';
import { eventChangeSteps } from './event-changes.browser.js';
import { eventEndSteps } from './event-end.browser.js';
import { pageSteps } from './page.browser.js';
import { paymentSteps } from './payment.browser.js';
import { runSteps } from './support/run-steps.js';
import { ticketSteps } from './tickets.browser.js';
import { runWaitingRoom } from './waiting-room.browser.js';

const STEPS = {
  ...eventChangeSteps,
  ...ticketSteps,
  ...pageSteps,
  ...paymentSteps,
  ...eventEndSteps,
  ...appearanceSteps,
  ...connectionSteps,
};
const SUITES = [
  runBooking,
  runWaitingRoom,
  (/** @type {import('./support/run-steps.js').Settings} */ settings) => runSteps(STEPS, settings),
];

/**
 * Runs all browser steps against a server.
 * @param {import('./support/run-steps.js').Settings} settings
 * @returns {Promise<import('./support/run-steps.js').Outcome>}
 */
export async function runBrowserSuites(settings) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const run of SUITES) {
    const { passed, failed, skipped } = await run(settings);
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  return total;
}
