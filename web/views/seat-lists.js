import { fill, h } from '../dom.js';
import { count, money } from '../format.js';
import { AVAILABLE } from '../sale/seat-status.js';

/** @typedef {import('../sale/sale.js').Sale} Sale */
/** @typedef {{value: number, text: string, left: number}} Entry `left`: available seats */

/**
 * Chooses a seat without the map: section, then row, then seat.
 * @param {Sale} sale
 */
export function seatListsView(sale) {
  const section = h('select', { id: 'list-section' });
  const row = h('select', { id: 'list-row' });
  const seat = h('select', { id: 'list-seat' });
  const add = h('button', { class: 'button button--quiet', type: 'submit' }, 'Add this seat');
  const fields = [field('Section', section), field('Row', row), field('Seat', seat)];
  const element = h(
    'details',
    { class: 'lists' },
    h('summary', null, 'Choose from a list instead of the map'),
    h('form', { class: 'lists__form', onsubmit: submit }, fields, add),
  );
  const members = () => sale.plan.sections[Number(section.value)]?.seats ?? [];

  function listSections() {
    offer(section, sectionEntries(sale));
    listRows();
  }

  function listRows() {
    offer(row, rowEntries(sale, members()));
    listSeats();
  }

  function listSeats() {
    const available = [...members()].filter(
      (at) => sale.plan.row[at] === Number(row.value) && isAvailable(sale, at),
    );
    const before = seat.value;
    fill(
      seat,
      available.map((at) => seatOption(sale, at)),
    );
    if (available.map(String).includes(before)) seat.value = before;
    seat.disabled = available.length === 0;
    describeButton();
  }

  function describeButton() {
    const isChosen = sale.state.basket.includes(Number(seat.value));
    add.textContent = isChosen ? 'Remove this seat' : 'Add this seat';
    add.disabled = seat.value === '';
  }

  /** @param {Event} event */
  function submit(event) {
    event.preventDefault();
    if (seat.value === '') return;
    sale.toggle(Number(seat.value));
    listSeats();
  }

  section.addEventListener('change', listRows);
  row.addEventListener('change', listSeats);
  seat.addEventListener('change', describeButton);
  element.addEventListener('toggle', () => element.open && listSections());

  return {
    element,
    /** Does nothing while the lists have the focus: entries must not move during a choice. */
    update() {
      if (element.open && !element.contains(document.activeElement)) listSections();
    },
  };
}

/** @param {string} label @param {any} control */
const field = (label, control) =>
  h('div', { class: 'field' }, h('label', { for: control.id }, label), control);

/** @param {Sale} sale @param {number} seat */
const isAvailable = ({ seats, isMine }, seat) => seats.codes[seat] === AVAILABLE && !isMine(seat);

/** @param {Sale} sale @returns {Entry[]} */
const sectionEntries = (sale) =>
  sale.plan.sections.map(({ name, seats }, index) => ({
    value: index,
    text: name,
    left: seats.reduce((sum, seat) => sum + (isAvailable(sale, seat) ? 1 : 0), 0),
  }));

/** @param {Sale} sale @param {Iterable<number>} members seats of the section @returns {Entry[]} */
function rowEntries(sale, members) {
  const { plan } = sale;
  /** @type {Map<number, Entry>} */
  const rows = new Map();
  for (const seat of members) {
    const value = plan.row[seat];
    const text = plan.rowText(seat).replace(/^row /, '');
    const entry = rows.get(value) ?? { value, text, left: 0 };
    if (isAvailable(sale, seat)) entry.left++;
    rows.set(value, entry);
  }
  return [...rows.values()];
}

/** @param {Sale} sale @param {number} seat */
function seatOption({ plan, state, priceOf }, seat) {
  const price = priceOf(seat);
  const parts = [
    plan.seatText(seat).replace(/^seat /, ''),
    plan.categories[plan.category[seat]].name,
    price && money(price),
    state.basket.includes(seat) && 'chosen',
  ];
  return h('option', { value: String(seat) }, parts.filter(Boolean).join(' · '));
}

/**
 * Replaces the entries of a list and keeps the selected one.
 * @param {any} select @param {Entry[]} entries
 */
function offer(select, entries) {
  const before = select.value;
  const options = entries.map(({ value, text, left }) =>
    h(
      'option',
      { value: String(value), disabled: left === 0 },
      `${text} · ${left === 0 ? 'none' : count(left)} left`,
    ),
  );
  fill(select, options);
  const available = entries.filter(({ left }) => left > 0);
  const same = available.find(({ value }) => String(value) === before);
  select.value = String((same ?? available[0] ?? entries[0])?.value ?? '');
}
