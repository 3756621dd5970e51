import { call, Problem } from '../api.js';

const PROBE_MS = 3_000;

/**
 * Asks the server every 3 s whether it answers again, as long as the page shows a lost connection.
 * @param {{isLost: () => boolean, onBack: () => void}} options
 */
export function createConnectionProbe({ isLost, onBack }) {
  let timer = 0;

  async function probe() {
    timer = 0;
    if (!isLost()) return;
    try {
      await call('GET', '/v1/clock', { cache: 'no-store', repeatable: false });
      onBack();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    }
    update();
  }

  function update() {
    if (isLost() && timer === 0) timer = setTimeout(() => void probe(), PROBE_MS);
  }

  return { update, stop: () => clearTimeout(timer) };
}
