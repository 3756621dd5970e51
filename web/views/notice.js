import { fill, h } from '../dom.js';

/**
 * Shows problems and news, with buttons that may help.
 * @param {import('../sale/sale.js').Sale} sale
 * @param {{bestAvailable: () => void, chooseAgain: () => void}} help
 */
export function noticeView(sale, help) {
  const element = h('div', { class: 'notices', tabindex: '-1' });
  /** @type {any} */
  let shown = null;

  /**
   * @param {import('../problems.js').Remedy} remedy @param {import('../sale/sale-state.js').Notice}
   * notice
   */
  function remedyButton(remedy, notice) {
    const button = (/** @type {string} */ text, /** @type {() => void} */ onclick) =>
      h('button', { class: 'button button--small', type: 'button', onclick }, text);
    if (remedy === 'best-available') return button('Find the best available', help.bestAvailable);
    if (remedy === 'take-too') return button('Take too', () => sale.takeToo());
    if (remedy === 'choose-again') return button('Choose other seats', help.chooseAgain);
    if (remedy === 'retry') return notice.retry ? button('Try again', notice.retry) : null;
    if (remedy === 'reload') return button('Reload', () => location.reload());
    return h(
      'a',
      { class: 'button button--small', href: '/?view=reservations', 'data-route': true },
      'My reservations',
    );
  }

  return {
    element,
    /** Receives the focus when the pressed button is gone. */
    focus: () => element.focus({ preventScroll: true }),
    update() {
      const { notice } = sale.state;
      if (notice === shown) return;
      shown = notice;
      if (!notice) return fill(element);
      const dismiss = h(
        'button',
        { class: 'notice__close', type: 'button', 'aria-label': 'Dismiss' },
        '×',
      );
      dismiss.addEventListener('click', () => sale.dismiss());
      const remedies = notice.remedies
        .map((remedy) => remedyButton(remedy, notice))
        .filter(Boolean);
      fill(
        element,
        h(
          'div',
          { class: `notice notice--${notice.kind}` },
          h('div', null, h('strong', null, notice.title), h('p', null, notice.text)),
          dismiss,
          remedies.length > 0 && h('div', { class: 'notice__remedies' }, remedies),
        ),
      );
    },
  };
}
