/**
 * Waits for a turn as a person does: a real browser in front of an event whose waiting room lets one in at a time.
 *
 *   node test/e2e-browser/waiting-room.browser.js --base-url http://localhost:3000 [--chromium /usr/bin/chromium] [--shots folder]
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { apiOf, hallForTheTest } from './hall.js';

const DEFAULT_CHROMIUM = '/usr/bin/chromium';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-sync',
];
const WAIT_MS = 15_000;

/**
 * @param {string} baseUrl @param {string} [chromiumPath] @param {string} [shotsFolder] pictures of each step
 * @returns {Promise<{passed: number, failed: number, skipped: number}>}
 */
export async function runWaitingRoomInBrowser(
  baseUrl,
  chromiumPath = DEFAULT_CHROMIUM,
  shotsFolder = '',
) {
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    headless: true,
    args: FLAGS,
  });
  const context = await browser.newContext({
    viewport: { width: 1280, height: 860 },
    baseURL: baseUrl,
  });
  context.setDefaultTimeout(WAIT_MS);
  const page = await context.newPage();
  const outcome = { passed: 0, failed: 0, skipped: 0 };
  const api = apiOf(baseUrl);
  const room = page.locator('.waiting-room');
  const says = (text) => room.getByText(text).first().waitFor();
  try {
    const hall = await hallForTheTest(api);
    const inside = await api.occupyWaitingRoom(hall.eventId);
    const steps = {
      'there is a row, and nothing can be held yet': async () => {
        await page.goto(`/?event=${hall.eventId}`);
        await says('There is a waiting room');
        const hold = page.getByRole('button', { name: 'Wait for your turn' }).first();
        assert.equal(await hold.isDisabled(), true);
      },
      'a number tells the own place': async () => {
        await room.getByRole('button', { name: 'Take a number' }).click();
        await says('Your place is 2');
        await says(/You are next/);
      },
      'a reload keeps the place': async () => {
        await page.reload();
        await says('Your place is 2');
        assert.equal(await room.getByRole('button', { name: 'Take a number' }).isVisible(), false);
      },
      'the turn comes by itself when somebody goes out': async () => {
        await inside.goOut();
        await says('It is your turn');
      },
      'seats are held with the pass': async () => {
        await page
          .getByRole('button', { name: /^Find|^Hold .*best|best/i })
          .first()
          .click();
        await page
          .getByText(/Held for you|seats? held|Pay/i)
          .first()
          .waitFor();
      },
    };
    for (const [name, step] of Object.entries(steps)) {
      try {
        await step();
        outcome.passed++;
        console.log(`  ✓ ${name}`);
      } catch (error) {
        outcome.failed++;
        console.log(`  ✗ ${name}\n${error.stack}`);
        break;
      }
      if (shotsFolder)
        await page.screenshot({ path: join(shotsFolder, `waiting-room-${outcome.passed}.png`) });
    }
  } finally {
    await browser.close();
  }
  return outcome;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const options = {
    'base-url': { type: 'string' },
    chromium: { type: 'string' },
    shots: { type: 'string' },
  };
  const { values } = parseArgs({ options });
  const outcome = await runWaitingRoomInBrowser(values['base-url'], values.chromium, values.shots);
  console.log(outcome);
  process.exitCode = outcome.failed > 0 ? 1 : 0;
}
