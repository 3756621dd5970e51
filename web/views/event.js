import { call, eventPath, Problem, query } from '../api.js';
import { fill, h } from '../dom.js';
import { explain } from '../problems.js';
import { learnServerTime } from '../server-clock.js';
import { EventPage } from './event-page.js';

/**
 * One event: the map, choosing seats, holding and paying.
 * @param {string} eventId
 * @param {(title: string) => void} onTitle
 */
export function eventView(eventId, onTitle) {
  const element = h('div', { class: 'event', 'aria-busy': 'true' }, skeleton());
  const leaving = new AbortController();
  /** @type {EventPage | null} */
  let page = null;
  void load();

  async function load() {
    try {
      const { event, layout } = await loadEvent(eventId, leaving.signal);
      if (leaving.signal.aborted) return;
      onTitle(event.name);
      page = new EventPage({ element, event, layout, onTitle });
      page.start();
    } catch (error) {
      if (leaving.signal.aborted) return;
      if (!(error instanceof Problem)) throw error;
      fill(element, problemMessage(error));
    }
    element.removeAttribute('aria-busy');
  }

  return {
    element,
    title: 'Event',
    wide: true,
    destroy() {
      leaving.abort();
      page?.stop();
    },
  };
}

/** @param {string} eventId @param {AbortSignal} signal */
async function loadEvent(eventId, signal) {
  const [event] = await Promise.all([
    call('GET', eventPath(eventId), { signal }),
    learnServerTime(signal),
  ]);
  const planPath = `${eventPath(eventId)}/seating-plan${query({ v: event.seatingPlanHash })}`;
  return { event, layout: await call('GET', planPath, { signal }) };
}

/** @param {Problem} problem */
function problemMessage(problem) {
  const { title, text } = explain(problem);
  const reload = () => location.reload();
  const retry = h('button', { class: 'button', type: 'button', onclick: reload }, 'Try again');
  const back = h(
    'a',
    { class: 'button button--quiet', href: '/', 'data-route': true },
    'All events',
  );
  return h(
    'div',
    { class: 'empty', role: 'alert' },
    h('h1', null, title),
    h('p', null, text),
    h('div', { class: 'row row--center' }, problem.status === 404 ? null : retry, back),
  );
}

const skeleton = () => [
  h(
    'div',
    { class: 'seat-map seat-map--loading' },
    h('p', { class: 'muted' }, 'Loading the seating plan…'),
  ),
  h('aside', { class: 'panel' }),
];
