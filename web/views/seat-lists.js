import { fill, h } from '../dom.js';
import { count, money } from '../format.js';
import { AVAILABLE } from '../sale/seat-status.js';

/**
 * Choosing a seat without the map: section, then row, then seat.
 * @param {import('../sale/sale.js').Sale} sale
 */
export function seatListsView(sale) {
  const { plan, seats } = sale;
  const section = h('select', { id: 'list-section' });
  const row = h('select', { id: 'list-row' });
  const seat = h('select', { id: 'list-seat' });
  const add = h('button', { class: 'button button--quiet', type: 'submit' }, 'Add this seat');
  const field = (/** @type {string} */ label, /** @type {any} */ control) =>
    h('div', { class: 'field' }, h('label', { for: control.id }, label), control);
  const element = h(
    'details',
    { class: 'lists' },
    h('summary', null, 'Choose from a list instead of the map'),
    h(
      'form',
      { class: 'lists__form', onsubmit: submit },
      field('Section', section),
      field('Row', row),
      field('Seat', seat),
      add,
    ),
  );

  const isFree = (/** @type {number} */ index) =>
    seats.codes[index] === AVAILABLE && !sale.isMine(index);

  function listSections() {
    const options = plan.sections.map((entry, index) => {
      const left = entry.seats.reduce((sum, at) => sum + (isFree(at) ? 1 : 0), 0);
      return { value: index, text: entry.name, left };
    });
    offer(section, options);
    listRows();
  }

  function listRows() {
    /** @type {Map<number, number>} */
    const left = new Map();
    const members = plan.sections[Number(section.value)]?.seats ?? [];
    for (const at of members) {
      left.set(plan.row[at], (left.get(plan.row[at]) ?? 0) + (isFree(at) ? 1 : 0));
    }
    offer(
      row,
      [...left].map(([value, free]) => ({ value, text: rowName(members, value), left: free })),
    );
    listSeats();
  }

  /** @param {Iterable<number>} members seats of the section @param {number} wanted a row of them */
  const rowName = (members, wanted) => {
    const first = [...members].find((at) => plan.row[at] === wanted);
    return first === undefined ? plan.rows[wanted] : plan.rowText(first).replace(/^row /, '');
  };

  function listSeats() {
    const members = plan.sections[Number(section.value)]?.seats ?? [];
    const free = [...members].filter((at) => plan.row[at] === Number(row.value) && isFree(at));
    const before = seat.value;
    const options = free.map((at) => {
      const price = sale.priceOf(at);
      const chosen = sale.state.basket.includes(at) ? ' · chosen' : '';
      const name = `${plan.seatText(at).replace(/^seat /, '')} · ${plan.categories[plan.category[at]].name}`;
      return h(
        'option',
        { value: String(at) },
        `${name}${price ? ` · ${money(price)}` : ''}${chosen}`,
      );
    });
    fill(seat, options);
    if (free.map(String).includes(before)) seat.value = before;
    seat.disabled = free.length === 0;
    describeButton();
  }

  /** Rebuilds a list and keeps what was selected. @param {any} select @param {{value: number, text: string, left: number}[]} entries */
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
    const kept = entries.find(({ value, left }) => String(value) === before && left > 0);
    select.value = String(
      (kept ?? entries.find(({ left }) => left > 0) ?? entries[0])?.value ?? '',
    );
  }

  function describeButton() {
    const chosen = sale.state.basket.includes(Number(seat.value));
    add.textContent = chosen ? 'Remove this seat' : 'Add this seat';
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
    /** Not while somebody is in the middle of a list: it would move under their fingers. */
    update() {
      if (element.open && !element.contains(document.activeElement)) listSections();
    },
  };
}
