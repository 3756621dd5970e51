import { call, Problem, query } from '../api.js';
import { announce, fill, h } from '../dom.js';
import { count, plural } from '../format.js';
import { explain } from '../problems.js';
import { eventCard, monthOf } from './event-card.js';
import { searchForm } from './search-form.js';

const PAGE_SIZE = 20;

/**
 * The list of events.
 * @param {URLSearchParams} params `q` and `city`
 */
export function homeView(params) {
  const form = searchForm(params, search);
  const results = resultList(form);
  const element = h(
    'div',
    { class: 'page' },
    h('h1', { class: 'page__title' }, 'What’s on'),
    form.element,
    results.summary,
    results.list,
    h('div', { class: 'center' }, results.more),
  );
  let asking = new AbortController();

  /** Starts a new list. The address keeps the search, so that it can be shared and returned to. */
  function search() {
    history.replaceState(null, '', `/${query(form.values())}`);
    void load(null);
  }

  /** @param {string | null} cursor */
  async function load(cursor) {
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    element.setAttribute('aria-busy', 'true');
    try {
      const parameters = { ...form.values(), limit: PAGE_SIZE, cursor };
      const answer = await call('GET', `/v1/events${query(parameters)}`, { signal });
      form.offerCities(answer.facets);
      results.show(answer, cursor !== null);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof Problem)) throw error;
      results.showProblem(error, () => void load(cursor));
    } finally {
      if (!signal.aborted) element.removeAttribute('aria-busy');
    }
  }

  results.more.addEventListener('click', () => load(results.next()));
  void load(null);

  return {
    element,
    title: 'Events',
    destroy() {
      asking.abort();
      form.destroy();
    },
  };
}

/** @param {ReturnType<typeof searchForm>} form */
function resultList(form) {
  const summary = h('p', { class: 'muted list-summary', role: 'status' });
  const list = h('div', { class: 'event-list' });
  const more = h(
    'button',
    { class: 'button button--quiet more', type: 'button', hidden: true },
    'Show more events',
  );
  let shown = 0;
  let lastMonth = '';
  /** @type {string | null} */
  let next = null;

  /** @param {any} hit */
  function append(hit) {
    // Search results are sorted by relevance, not by month.
    const month = form.values().q === '' ? monthOf(hit) : '';
    if (month !== '' && month !== lastMonth) list.append(h('h2', { class: 'month' }, month));
    lastMonth = month;
    list.append(eventCard(hit));
  }

  /** @param {any} answer */
  function clear({ total }) {
    shown = 0;
    lastMonth = '';
    fill(list, total === 0 ? nothingFound(form.clear) : null);
  }

  return {
    summary,
    list,
    more,
    next: () => next,
    /** @param {any} answer @param {boolean} isFollowing whether it continues the list */
    show(answer, isFollowing) {
      if (!isFollowing) clear(answer);
      const from = list.childElementCount;
      answer.hits.forEach(append);
      shown += answer.hits.length;
      next = answer.next ?? null;
      more.hidden = next === null;
      const found = form.isEmpty() ? '' : ' found';
      summary.textContent = answer.total === 0 ? '' : `${plural(answer.total, 'event')}${found}`;
      if (!isFollowing) return;
      announce(`${count(shown)} of ${count(answer.total)} events shown.`);
      list.children[from]?.querySelector('a')?.focus({ preventScroll: true });
    },
    /** @param {Problem} problem @param {() => void} retry */
    showProblem(problem, retry) {
      fill(summary, '');
      fill(list, problemMessage(problem, retry));
    },
  };
}

/** @param {() => void} onclick */
const nothingFound = (onclick) =>
  h(
    'div',
    { class: 'empty' },
    h('h2', null, 'Nothing found'),
    h('p', null, 'Try another word or city.'),
    h('button', { class: 'button button--quiet', type: 'button', onclick }, 'Show all events'),
  );

/** @param {Problem} problem @param {() => void} onclick */
function problemMessage(problem, onclick) {
  const { title, text } = explain(problem);
  return h(
    'div',
    { class: 'empty', role: 'alert' },
    h('h2', null, title),
    h('p', null, text),
    h('button', { class: 'button', type: 'button', onclick }, 'Try again'),
  );
}
