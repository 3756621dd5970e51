/**
 * Text for a buyer about a rejected request, and the buttons that may help.
 * @typedef {'best-available' | 'take-too' | 'choose-again' | 'retry' | 'reload' | 'reservations'}
 * Remedy
 * `take-too`: choose the seats that would be left alone
 * @typedef {{title: string, text: string, remedies: Remedy[]}} Explanation
 * @typedef {(problem: import('../api.js').Problem) => Explanation} Explain
 */

/** @param {string} title @param {string} text @param {...Remedy} remedies @returns {Explanation} */
export const explanation = (title, text, ...remedies) => ({ title, text, remedies });

/** @param {string} title @param {string} text @param {...Remedy} remedies @returns {Explain} */
export const fixed =
  (title, text, ...remedies) =>
  () =>
    explanation(title, text, ...remedies);

export const OUTDATED_PAGE = fixed(
  'This page is out of date',
  'The box office did not understand the request. Reload the page and try again.',
  'reload',
);
