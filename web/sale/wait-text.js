import { announce } from '../dom.js';

/**
 * Shows why a request is sent again.
 * @param {import('./sale-state.js').SaleState} sale @param {string} text while the server is busy
 * @returns {(tries: number, problem?: import('../api.js').Problem) => void}
 */
export const waitText = (sale, text) => (_tries, problem) => {
  const isOffline = problem?.status === 0;
  sale.state.busy = isOffline ? 'No connection. Trying again…' : text;
  sale.changed();
  announce(sale.state.busy);
};
