import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { apiOf } from './api.js';

/**
 * @typedef {{
 *   page: import('playwright-core').Page, context: import('playwright-core').BrowserContext,
 *   api: import('./api.js').Api,
 * }} Parts
 * @typedef {Record<string, (parts: Parts) => Promise<void>>} Steps by title
 * @typedef {{passed: number, failed: number, skipped: number}} Outcome
 * @typedef {{baseUrl: string, chromiumPath: string, shotsFolder?: string, only?: string}} Settings
 * `shotsFolder`: receives a screenshot after each step; `only`: runs steps with this in the title
 */

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
const DESKTOP = { width: 1280, height: 860 };

/** @param {string} chromiumPath */
export const launch = (chromiumPath) =>
  chromium.launch({ executablePath: chromiumPath, headless: true, args: FLAGS });

/**
 * Opens a browser profile of its own.
 * @param {import('playwright-core').Browser} browser @param {string} baseUrl
 */
export async function newContext(browser, baseUrl) {
  const context = await browser.newContext({ viewport: DESKTOP, baseURL: baseUrl });
  context.setDefaultTimeout(WAIT_MS);
  return context;
}

/**
 * Runs each step in a browser profile of its own.
 * @param {Steps} steps @param {Settings} settings @returns {Promise<Outcome>}
 */
export async function runSteps(steps, { baseUrl, chromiumPath, shotsFolder, only = '' }) {
  const browser = await launch(chromiumPath);
  const api = apiOf(baseUrl);
  const outcome = { passed: 0, failed: 0, skipped: 0 };
  try {
    for (const [title, step] of Object.entries(steps)) {
      if (!title.includes(only)) continue;
      const context = await newContext(browser, baseUrl);
      const page = await context.newPage();
      await report(title, outcome, () => step({ page, context, api }));
      if (shotsFolder) await page.screenshot({ path: join(shotsFolder, fileNameOf(title)) });
      await context.close();
    }
  } finally {
    await browser.close();
  }
  return outcome;
}

/**
 * Runs one step, prints its result and counts it.
 * @param {string} title @param {Outcome} outcome @param {() => Promise<void>} step
 */
export async function report(title, outcome, step) {
  try {
    await step();
    outcome.passed++;
    console.log(`passed   ${title}`);
  } catch (error) {
    outcome.failed++;
    console.log(`FAILED   ${title}\n${/** @type {Error} */ (error).stack}`);
  }
}

/** @param {string} title */
export const fileNameOf = (title) => `${title.replace(/[^a-z0-9]+/gi, '-').slice(0, 60)}.png`;

/**
 * Runs steps that build on each other; after a failure the rest is skipped.
 * @template Scene
 * @param {Record<string, (scene: Scene) => Promise<void>>} steps by title
 * @param {Settings} settings
 * @param {(parts: {
 *   api: import('./api.js').Api, newPage: () => Promise<import('playwright-core').Page>,
 * }) => Promise<Scene & {[name: string]: any}>} prepare `newPage`: a page with a profile of its own
 * @returns {Promise<Outcome>}
 */
export async function runStory(steps, { baseUrl, chromiumPath, shotsFolder, only }, prepare) {
  const outcome = { passed: 0, failed: 0, skipped: 0 };
  if (!Object.keys(steps).some((title) => title.includes(only ?? ''))) return outcome;
  const browser = await launch(chromiumPath);
  const pages = [];
  const newPage = async () => {
    const page = await (await newContext(browser, baseUrl)).newPage();
    pages.push(page);
    return page;
  };
  try {
    const scene = await prepare({ api: apiOf(baseUrl), newPage });
    for (const [title, step] of Object.entries(steps)) {
      if (outcome.failed > 0) {
        outcome.skipped++;
        console.log(`skipped  ${title}`);
        continue;
      }
      await report(title, outcome, () => step(scene));
      if (shotsFolder) await pages[0].screenshot({ path: join(shotsFolder, fileNameOf(title)) });
    }
  } finally {
    await browser.close();
  }
  return outcome;
}
