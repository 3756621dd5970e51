import { h } from '../dom.js';

/** The page for unknown addresses. */
export function notFoundView() {
  const element = h(
    'div',
    { class: 'empty' },
    h('h1', null, 'This page does not exist'),
    h('p', null, 'The address may be mistyped, or the page was removed.'),
    h('a', { class: 'button', href: '/', 'data-route': true }, 'All events'),
  );
  return { element, title: 'Page not found', destroy() {} };
}
