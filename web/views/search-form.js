import { call, Problem, query } from '../api.js';
import { fill, h } from '../dom.js';

const TYPING_PAUSE_MS = 250;
const MAX_SUGGESTIONS = 8;

/**
 * The search by text and city.
 * @param {URLSearchParams} params initial values: `q` and `city`
 * @param {() => void} onSearch
 */
export function searchForm(params, onSearch) {
  const suggestions = h('datalist', { id: 'suggestions' });
  const q = textInput(params.get('q') ?? '');
  const city = cityChoice(params.get('city') ?? '');
  const suggest = suggester(q, suggestions);
  let typing = 0;

  function search() {
    clearTimeout(typing);
    onSearch();
  }

  /** @param {Event} event */
  function submit(event) {
    event.preventDefault();
    search();
  }

  q.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(() => {
      search();
      void suggest.update();
    }, TYPING_PAUSE_MS);
  });
  city.element.addEventListener('change', search);

  const values = () => ({ q: q.value.trim(), city: city.element.value });
  return {
    element: h(
      'form',
      { class: 'search', role: 'search', onsubmit: submit },
      h('div', { class: 'field field--grow' }, h('label', { for: 'q' }, 'Search'), q, suggestions),
      h('div', { class: 'field' }, h('label', { for: 'city' }, 'City'), city.element),
    ),
    values,
    isEmpty: () => values().q === '' && values().city === '',
    offerCities: city.offer,
    clear() {
      q.value = '';
      city.element.value = '';
      search();
      q.focus();
    },
    destroy() {
      clearTimeout(typing);
      suggest.stop();
    },
  };
}

/** @param {string} value */
const textInput = (value) =>
  h('input', {
    id: 'q',
    type: 'search',
    name: 'q',
    value,
    placeholder: 'Name, artist or venue',
    autocomplete: 'off',
    enterkeyhint: 'search',
    list: 'suggestions',
  });

/** @param {string} initial */
function cityChoice(initial) {
  const element = h('select', { id: 'city', name: 'city' });
  fill(element, h('option', { value: '' }, 'All cities'));

  /** @param {string[]} names */
  function list(names) {
    const selected = element.value;
    const options = names.map((name) => h('option', { value: name }, name));
    fill(element, h('option', { value: '' }, 'All cities'), options);
    element.value = selected;
  }

  /**
   * Adds the cities of an answer. A narrowed search names fewer cities, but the visitor must still
   * be able to change to another one.
   * @param {any} facets
   */
  function offer(facets) {
    const listed = [...element.options].map((option) => option.value).filter(Boolean);
    const all = [...new Set([...listed, ...cityNames(facets)])];
    all.sort((a, b) => a.localeCompare(b));
    if (all.join() !== listed.join()) list(all);
  }

  if (initial !== '') {
    list([initial]);
    element.value = initial;
  }
  return { element, offer };
}

/** @param {any} facets cities with their number of events @returns {string[]} */
function cityNames(facets) {
  const found = facets?.cities ?? facets?.city ?? [];
  if (!Array.isArray(found)) return Object.keys(found);
  return found.map((entry) => String(entry.value ?? entry.city ?? entry.name ?? entry));
}

/**
 * Offers completions of the typed text.
 * @param {HTMLInputElement} q @param {HTMLElement} suggestions
 */
function suggester(q, suggestions) {
  let asking = new AbortController();
  return {
    async update() {
      asking.abort();
      asking = new AbortController();
      const { signal } = asking;
      const text = q.value.trim();
      if (text.length < 2) return fill(suggestions);
      const path = `/v1/events/suggest${query({ q: text, limit: MAX_SUGGESTIONS })}`;
      try {
        const answer = await call('GET', path, { signal });
        const texts = new Set(answer.suggestions.map((/** @type {any} */ { text: one }) => one));
        fill(
          suggestions,
          [...texts].map((value) => h('option', { value })),
        );
      } catch (error) {
        // The search works without suggestions.
        if (!signal.aborted && !(error instanceof Problem)) throw error;
      }
    },
    stop: () => asking.abort(),
  };
}
