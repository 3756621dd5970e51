import { h } from '../dom.js';
import { longDate } from '../format.js';

const NARROW = '(max-width: 860px)';

/** Name, time, place, performers and description. @param {any} event @returns {HTMLElement} */
export function eventTitle(event) {
  const { venue } = event;
  const unnamed = (event.performers ?? []).filter(
    (/** @type {string} */ name) => !event.name.includes(name),
  );
  return h(
    'header',
    { class: 'event-title' },
    h('a', { class: 'back', href: '/', 'data-route': true }, '← All events'),
    h('h1', { tabindex: '-1' }, event.name),
    h('p', null, h('time', { datetime: event.startsAt }, longDate(event.startsAt, event.timeZone))),
    h('p', { class: 'muted' }, [venue?.name, venue?.city].filter(Boolean).join(', ')),
    unnamed.length > 0 && h('p', { class: 'muted' }, unnamed.join(', ')),
    event.description && description(event.description),
  );
}

/**
 * On a narrow screen the description is closed at first, to keep the map in sight.
 * @param {string} text
 */
const description = (text) =>
  h(
    'details',
    { class: 'event-title__about', open: !matchMedia(NARROW).matches },
    h('summary', null, 'About this event'),
    h('p', null, text),
  );
