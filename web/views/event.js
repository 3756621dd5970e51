import { hasAccount } from '../account.js';
import { call, eventPath, Problem, query } from '../api.js';
import { fill, h } from '../dom.js';
import { longDate, plural, timeLeft } from '../format.js';
import { explain } from '../problems.js';
import { createConnectionProbe } from '../sale/connection-probe.js';
import { isCanceled, isOffered, isOver, untilNextChange } from '../sale/event-rules.js';
import { watchEvent } from '../sale/event-watch.js';
import { reservationsOf } from '../sale/reservations.js';
import { createSale } from '../sale/sale.js';
import { followSeatStatus } from '../sale/seat-feed.js';
import { AVAILABLE, createSeatStatus } from '../sale/seat-status.js';
import { followOtherTabs } from '../sale/tabs.js';
import { createWaitingRoom } from '../sale/waiting-room.js';
import { readPlan } from '../seat-map/plan.js';
import { learnServerTime, serverNow } from '../server-clock.js';
import { basketView } from './basket.js';
import { bestAvailableView } from './best-available.js';
import { holdPanel } from './hold-panel.js';
import { legendView } from './legend.js';
import { mapPanel } from './map-panel.js';
import { noticeView } from './notice.js';
import { seatListsView } from './seat-lists.js';
import { confirmationPanel } from './tickets.js';
import { waitingRoomView } from './waiting-room.js';

const SECOND_MS = 1000;
/** A timer may fire a little early. */
const TIMER_MARGIN_MS = 20;
/** Longest delay of a timer: a longer one fires immediately. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * One event: its map, choosing, holding and paying.
 * @param {string} eventId
 * @param {(title: string) => void} onTitle
 */
export function eventView(eventId, onTitle) {
  const element = h('div', { class: 'event', 'aria-busy': 'true' }, skeleton());
  const leaving = new AbortController();
  /** @type {(() => void)[]} */
  const endings = [() => leaving.abort()];
  void load();

  async function load() {
    try {
      const [event] = await Promise.all([
        call('GET', eventPath(eventId), { signal: leaving.signal }),
        learnServerTime(leaving.signal),
      ]);
      const planPath = `${eventPath(eventId)}/seating-plan${query({ v: event.seatingPlanHash })}`;
      const layout = await call('GET', planPath, { signal: leaving.signal });
      if (leaving.signal.aborted) return;
      onTitle(event.name);
      show(event, layout);
      element.removeAttribute('aria-busy');
    } catch (error) {
      if (leaving.signal.aborted) return;
      if (!(error instanceof Problem)) throw error;
      const { title, text } = explain(error);
      const retry = h(
        'button',
        { class: 'button', type: 'button', onclick: () => location.reload() },
        'Try again',
      );
      const back = h(
        'a',
        { class: 'button button--quiet', href: '/', 'data-route': true },
        'All events',
      );
      const buttons = h(
        'div',
        { class: 'row row--center' },
        error.status === 404 ? null : retry,
        back,
      );
      fill(
        element,
        h(
          'div',
          { class: 'empty', role: 'alert' },
          h('h1', null, title),
          h('p', null, text),
          buttons,
        ),
      );
      element.removeAttribute('aria-busy');
    }
  }

  /** @param {any} event @param {import('../seat-map/plan.js').PlanDocument} layout */
  function show(event, layout) {
    const plan = readPlan(layout);
    const seats = createSeatStatus(plan);
    const room = createWaitingRoom(eventId, () => update());
    const waitingRoom = waitingRoomView(room);
    const reservations = reservationsOf(eventId, room);
    const sale = createSale({ event, layout, plan, seats, reservations });
    const panel = mapPanel(sale);
    const legend = legendView(sale, (category) => panel.map.highlight(category));
    const best = bestAvailableView(sale);
    const lists = seatListsView(sale);
    const basket = basketView(sale, (seat) => panel.map.show([seat]));
    const held = holdPanel(sale);
    const confirmation = confirmationPanel(sale);
    const salesNote = h('p', { class: 'sales-note', hidden: true });
    const notice = noticeView(sale, {
      bestAvailable() {
        const lost = Math.max(sale.state.basket.length, 1);
        best.setQuantity(sale.state.basket.length > 0 ? lost + 1 : 2);
        best.element.scrollIntoView({ block: 'nearest' });
        best.focus();
      },
      chooseAgain() {
        sale.dismiss();
        panel.map.canvas.focus();
      },
    });
    const choosing = h(
      'div',
      { class: 'choosing' },
      waitingRoom.element,
      salesNote,
      basket.chosen,
      best.element,
      legend.element,
      lists.element,
    );
    const aside = h(
      'aside',
      { class: 'panel', 'aria-label': 'Your purchase' },
      h(
        'div',
        { class: 'panel__scroll' },
        notice.element,
        choosing,
        held.element,
        confirmation.element,
      ),
      basket.bar,
    );
    let title = titleOf(event);
    fill(element, title, panel.element, aside);

    let phase = '';
    let nextChange = 0;
    const opensAt = () => {
      const at = event.onSaleAt ? Date.parse(event.onSaleAt) : 0;
      return at > serverNow() ? at : null;
    };

    /** @param {number[]} [changedSeats] */
    function update(changedSeats = []) {
      const { state } = sale;
      const choice = state.phase === 'choosing' || state.phase === 'holding';
      const open = isOffered(event) && opensAt() === null && room.letsReserve();
      const sales = { open, opensAt: opensAt(), waiting: !room.letsReserve() };
      choosing.hidden = !choice;
      basket.bar.hidden = !choice || !isOffered(event);
      for (const part of [best, lists, waitingRoom])
        part.element.classList.toggle('is-gone', !isOffered(event));
      waitingRoom.update();
      panel.update(changedSeats);
      legend.update();
      best.update(sales.open);
      lists.update();
      basket.update(sales);
      notice.update();
      held.update();
      confirmation.update();
      showSales(salesNote, sale, sales.opensAt);
      awaitNextChange();
      if (phase !== state.phase) phaseChanged(phase, state.phase);
      phase = state.phase;
    }

    /** @param {string} before @param {string} now */
    function phaseChanged(before, now) {
      if (now === 'confirmed' || (now === 'choosing' && (before === 'held' || before === 'paying')))
        room.leave();
      if (now === 'held' && before !== 'paying') {
        held.focus();
        panel.map.show([...sale.state.own]);
        aside.scrollIntoView({ block: 'nearest' });
      } else if (now === 'confirmed') confirmation.focus();
      else if (now === 'choosing' && before !== '' && isFocusLost()) notice.focus();
    }

    /** The focused control was removed with its panel, or will be in the next frame. */
    function isFocusLost() {
      const focused = /** @type {HTMLElement | null} */ (document.activeElement);
      return !focused || focused === document.body || focused.closest('[hidden]') !== null;
    }

    /** Updates exactly when sales open or end, not at the next full second. */
    function awaitNextChange() {
      clearTimeout(nextChange);
      const left = untilNextChange(event);
      if (left === Infinity) return;
      const wait = Math.min(left + TIMER_MARGIN_MS, LONGEST_TIMER_MS);
      nextChange = setTimeout(() => sale.eventChanged(), wait);
    }

    /** @param {any} now the current event */
    function eventChanged(now) {
      const news = newsOf(event, now);
      const isOther = [
        'name',
        'startsAt',
        'timeZone',
        'onSaleAt',
        'salesEndAt',
        'status',
        'salesClosed',
        'description',
      ].some((field) => event[field] !== now[field]);
      Object.assign(event, now);
      if (!isOther) return;
      const fresh = titleOf(event);
      title.replaceWith(fresh);
      title = fresh;
      onTitle(event.name);
      sale.eventChanged(news);
    }

    const probe = createConnectionProbe({
      isLost: () => sale.state.notice?.code === 'offline',
      onBack() {
        sale.dismiss();
        void pickUp(sale, reservations);
      },
    });
    sale.subscribe(probe.update);
    sale.subscribe(update);
    const feed = followSeatStatus({
      eventId,
      onStatus: (status) => sale.seatsChanged(seats.replace(status.status, status.revision)),
      onChanges: ({ changes, revision }) => {
        sale.seatsChanged(seats.apply(changes, revision));
        // A canceled event takes all its seats off sale.
        if (changes.length === 0 || changes.some(({ status }) => status === 'blocked'))
          watch.lookNow();
      },
      onState: panel.feedState,
      onEventChanged: () => watch.lookNow(),
    });
    const watch = watchEvent({ eventId, onEvent: eventChanged });
    const ticking = setInterval(() => {
      if (opensAt() === null && !room.isOn()) return;
      void learnServerTime(leaving.signal);
      update();
    }, SECOND_MS);
    const stopFollowing = followOtherTabs(eventId, () => void pickUp(sale, reservations));
    endings.push(
      room.stop,
      feed.stop,
      sale.stop,
      probe.stop,
      watch.stop,
      stopFollowing,
      panel.map.destroy,
      held.destroy,
      legend.destroy,
      () => {
        clearInterval(ticking);
        clearTimeout(nextChange);
      },
    );
    update();
    void pickUp(sale, reservations);
  }

  return {
    element,
    title: 'Event',
    wide: true,
    destroy: () => endings.forEach((end) => end()),
  };
}

/**
 * What this customer already has here: a hold that a reload interrupted, and seats bought before.
 * @param {import('../sale/sale.js').Sale} sale @param {ReturnType<typeof reservationsOf>} reservations
 */
async function pickUp(sale, reservations) {
  if (!hasAccount()) return;
  try {
    sale.resume(await reservations.resume());
    await sale.knowOwn(await reservations.own());
  } catch (error) {
    // Choosing works without it, and holding says what is wrong.
    if (!(error instanceof Problem)) throw error;
  }
}

/**
 * The message for a change that buyers must see immediately; null for other changes.
 * @param {any} before @param {any} now
 */
function newsOf(before, now) {
  if (before.status !== now.status && now.status === 'cancelled')
    return {
      title: 'This event was canceled',
      text: 'Nothing is sold any more. Ticket holders are refunded automatically.',
    };
  if (before.startsAt !== now.startsAt)
    return {
      title: 'This event was rescheduled',
      text: `It now starts ${longDate(now.startsAt, now.timeZone)}. Before: ${longDate(before.startsAt, before.timeZone)}.`,
    };
  if (before.onSaleAt !== now.onSaleAt && now.onSaleAt && Date.parse(now.onSaleAt) > serverNow())
    return {
      title: 'The opening of sales was moved',
      text: `Sales open ${longDate(now.onSaleAt, now.timeZone)}.`,
    };
  return null;
}

/** @param {any} event */
function titleOf(event) {
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
    unnamed.length > 0 ? h('p', { class: 'muted' }, unnamed.join(', ')) : null,
    event.description ? about(event.description) : null,
  );
}

const NARROW = '(max-width: 860px)';

/** The description; on a narrow screen it is closed at first, to leave the map in sight. @param {string} text */
const about = (text) =>
  h(
    'details',
    { class: 'event-title__about', open: !matchMedia(NARROW).matches },
    h('summary', null, 'About this event'),
    h('p', null, text),
  );

/**
 * Why nothing can be held now, if so.
 * @param {HTMLElement} note @param {import('../sale/sale.js').Sale} sale @param {number | null} opensAt
 */
function showSales(note, sale, opensAt) {
  const { event, seats, state } = sale;
  const say = (/** @type {string} */ title, /** @type {any} */ ...more) => {
    note.hidden = false;
    fill(note, h('strong', null, title), h('span', null, ...more));
  };
  if (isCanceled(event)) {
    say('This event is canceled', 'Ticket holders are refunded automatically.');
  } else if (isOver(event)) say('This event is over', 'No more seats are sold.');
  else if (event.salesClosed) say('Sales are closed', 'No more seats are sold for this event.');
  else if (opensAt !== null) {
    const when = longDate(event.onSaleAt, event.timeZone);
    say(
      `On sale in ${timeLeft(opensAt - serverNow())}`,
      `${when}. You can choose your seats already.`,
    );
  } else if (sale.limit() === 0) {
    const mine = h('a', { href: '/?view=reservations', 'data-route': true }, 'your reservations');
    say(
      `${plural(state.ownCount, 'seat')} of this event are yours`,
      'That is the most for one customer. See ',
      mine,
      '.',
    );
  } else if (seats.revision >= 0 && seats.counts[AVAILABLE] === 0) {
    say('Sold out', 'Seats whose buyers change their mind come back on this map at once.');
  } else note.hidden = true;
}

const skeleton = () => [
  h(
    'div',
    { class: 'seat-map seat-map--loading' },
    h('p', { class: 'muted' }, 'Loading the seating plan…'),
  ),
  h('aside', { class: 'panel' }),
];
