import { announce, fill, focusOn } from './dom.js';
import { eventView } from './views/event.js';
import { homeView } from './views/home.js';
import { notFoundView } from './views/not-found.js';
import { reservationsView } from './views/reservations.js';

/**
 * @typedef {{element: HTMLElement, title: string, wide?: boolean, destroy: () => void}} View
 */

const SITE = 'Boxoffice';
const HOME_PATHS = new Set(['/', '/index.html']);
const main = /** @type {HTMLElement} */ (document.getElementById('main'));
/** @type {View | null} */
let current = null;
let shownPath = '';

/**
 * The view of an address: `?event=…`, `?view=reservations`, or the list of events.
 * @param {URLSearchParams} params
 */
function viewOf(params) {
  const view = params.get('view');
  if (!HOME_PATHS.has(location.pathname) || (view !== null && view !== 'reservations'))
    return notFoundView();
  const eventId = params.get('event');
  if (eventId) return eventView(eventId, setTitle);
  return view === 'reservations' ? reservationsView() : homeView(params);
}

/** @param {string} title */
function setTitle(title) {
  document.title = `${title} · ${SITE}`;
}

/** @param {boolean} byVisitor whether the visitor has navigated, rather than opened the page */
function route(byVisitor) {
  const params = new URLSearchParams(location.search);
  current?.destroy();
  current = viewOf(params);
  shownPath = location.search;
  fill(main, current.element);
  document.body.classList.toggle('is-wide', current.wide === true);
  setTitle(current.title);
  const name = params.get('event') ? '' : (params.get('view') ?? 'home');
  for (const link of document.querySelectorAll('[data-nav]')) {
    if (link.getAttribute('data-nav') === name) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  if (!byVisitor) return;
  window.scrollTo(0, 0);
  focusOn(main);
  announce(current.title);
}

document.addEventListener('click', (event) => {
  if (
    event.defaultPrevented ||
    event.button !== 0 ||
    event.ctrlKey ||
    event.metaKey ||
    event.shiftKey
  )
    return;
  const link = /** @type {HTMLElement} */ (event.target).closest?.('a[data-route]');
  if (!link) return;
  event.preventDefault();
  history.pushState(null, '', /** @type {HTMLAnchorElement} */ (link).href);
  route(true);
});
window.addEventListener('popstate', () => {
  // A link inside the page changes only the fragment.
  if (location.search !== shownPath || !location.hash) route(true);
});
route(false);
