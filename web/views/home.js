import { call, Problem, query } from '../api.js';
import { announce, fill, h } from '../dom.js';
import { count, plural } from '../format.js';
import { explain } from '../problems.js';
import { eventCard, monthOf } from './event-card.js';

const PAGE_SIZE = 20;
const TYPING_PAUSE_MS = 250;

/**
 * The list of events.
 * @param {URLSearchParams} params `q` and `city`
 */
export function homeView(params) {
  const q = h('input', {
    id: 'q',
    type: 'search',
    name: 'q',
    value: params.get('q') ?? '',
    placeholder: 'Name, artist or venue',
    autocomplete: 'off',
    enterkeyhint: 'search',
    list: 'suggestions',
  });
  const suggestions = h('datalist', { id: 'suggestions' });
  const city = h('select', { id: 'city', name: 'city' }, h('option', { value: '' }, 'All cities'));
  const summary = h('p', { class: 'muted list-summary', role: 'status' });
  const list = h('div', { class: 'event-list' });
  const more = h(
    'button',
    { class: 'button button--quiet more', type: 'button', hidden: true },
    'Show more events',
  );
  const element = h(
    'div',
    { class: 'page' },
    h('h1', { class: 'page__title' }, 'What’s on'),
    h(
      'form',
      { class: 'search', role: 'search', onsubmit: submit },
      h('div', { class: 'field field--grow' }, h('label', { for: 'q' }, 'Search'), q, suggestions),
      h('div', { class: 'field' }, h('label', { for: 'city' }, 'City'), city),
    ),
    summary,
    list,
    h('div', { class: 'center' }, more),
  );

  let asking = new AbortController();
  let typing = 0;
  let shown = 0;
  let lastMonth = '';
  /** @type {string | null} */
  let next = null;

  /** @param {Event} event */
  function submit(event) {
    event.preventDefault();
    search();
  }

  /** Starts the list anew; the address keeps the search, so that it can be shared and returned to. */
  function search() {
    clearTimeout(typing);
    const address = query({ q: q.value.trim(), city: city.value });
    history.replaceState(null, '', `/${address}`);
    shown = 0;
    lastMonth = '';
    void load(null);
  }

  /** @param {string | null} cursor */
  async function load(cursor) {
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    element.setAttribute('aria-busy', 'true');
    try {
      const wish = { q: q.value.trim(), city: city.value, limit: PAGE_SIZE, cursor };
      const answer = await call('GET', `/v1/events${query(wish)}`, { signal });
      show(answer, cursor !== null);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof Problem)) throw error;
      const { title, text } = explain(error);
      const again = h(
        'button',
        { class: 'button', type: 'button', onclick: () => load(cursor) },
        'Try again',
      );
      fill(summary, '');
      fill(
        list,
        h(
          'div',
          { class: 'empty', role: 'alert' },
          h('h2', null, title),
          h('p', null, text),
          again,
        ),
      );
    } finally {
      if (!signal.aborted) element.removeAttribute('aria-busy');
    }
  }

  /** @param {any} answer @param {boolean} append */
  function show(answer, append) {
    offerCities(answer.facets);
    if (!append) fill(list);
    const from = list.childElementCount;
    for (const hit of answer.hits) {
      // What was looked for comes by how well it fits, and not month by month.
      const month = q.value.trim() === '' ? monthOf(hit) : '';
      if (month !== '' && month !== lastMonth) list.append(h('h2', { class: 'month' }, month));
      lastMonth = month;
      list.append(eventCard(hit));
    }
    shown += answer.hits.length;
    next = answer.next ?? null;
    more.hidden = next === null;
    const searching = q.value.trim() !== '' || city.value !== '';
    summary.textContent =
      answer.total === 0 ? '' : `${plural(answer.total, 'event')}${searching ? ' found' : ''}`;
    if (answer.total === 0) fill(list, nothingFound());
    if (!append) return;
    announce(`${count(shown)} of ${count(answer.total)} events shown.`);
    list.children[from]?.querySelector('a')?.focus({ preventScroll: true });
  }

  function nothingFound() {
    const all = h(
      'button',
      { class: 'button button--quiet', type: 'button', onclick: clear },
      'Show all events',
    );
    return h(
      'div',
      { class: 'empty' },
      h('h2', null, 'Nothing found'),
      h('p', null, 'Try another word or city.'),
      all,
    );
  }

  function clear() {
    q.value = '';
    city.value = '';
    search();
    q.focus();
  }

  /** @param {any} facets the cities there are, with how many events each */
  function offerCities(facets) {
    const found = facets?.cities ?? facets?.city ?? [];
    const entries = Array.isArray(found)
      ? found
      : Object.entries(found).map(([value, n]) => ({ value, count: n }));
    const names = entries.map((/** @type {any} */ entry) =>
      String(entry.value ?? entry.city ?? entry.name ?? entry),
    );
    const wanted = city.value || params.get('city') || '';
    if (wanted && !names.includes(wanted)) names.push(wanted);
    const known = [...city.options].map((option) => option.value).filter(Boolean);
    // A narrowed search names fewer cities; the visitor must still be able to change to another.
    const all = [...new Set([...known, ...names])].sort((a, b) => a.localeCompare(b));
    if (all.join() === known.join() && city.value === wanted) return;
    const options = all.map((name) => h('option', { value: name }, name));
    fill(city, h('option', { value: '' }, 'All cities'), options);
    city.value = wanted;
  }

  let suggesting = new AbortController();

  /** Offers what may be meant; without an answer there is nothing to offer, and the search goes on. */
  async function suggest() {
    suggesting.abort();
    suggesting = new AbortController();
    const { signal } = suggesting;
    const text = q.value.trim();
    if (text.length < 2) return fill(suggestions);
    try {
      const answer = await call('GET', `/v1/events/suggest${query({ q: text, limit: 8 })}`, {
        signal,
      });
      const texts = new Set(answer.suggestions.map((/** @type {any} */ one) => one.text));
      fill(
        suggestions,
        [...texts].map((value) => h('option', { value })),
      );
    } catch (error) {
      if (!signal.aborted && !(error instanceof Problem)) throw error;
    }
  }

  q.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(() => {
      search();
      void suggest();
    }, TYPING_PAUSE_MS);
  });
  city.addEventListener('change', () => {
    params.delete('city');
    search();
  });
  more.addEventListener('click', () => load(next));
  if (params.get('city')) offerCities({ city: [params.get('city')] });
  void load(null);

  return {
    element,
    title: 'Events',
    destroy() {
      clearTimeout(typing);
      asking.abort();
      suggesting.abort();
    },
  };
}
