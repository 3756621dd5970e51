import { hasAccount } from '../account.js';
import { Problem } from '../api.js';
import { fill } from '../dom.js';
import { createConnectionProbe } from '../sale/connection-probe.js';
import { isShownChange, newsOf } from '../sale/event-news.js';
import { isOffered, untilNextChange } from '../sale/event-rules.js';
import { watchEvent } from '../sale/event-watch.js';
import { reservationsOf } from '../sale/reservations.js';
import { createSale } from '../sale/sale.js';
import { followSeatStatus } from '../sale/seat-feed.js';
import { createSeatStatus } from '../sale/seat-status.js';
import { followOtherTabs } from '../sale/tabs.js';
import { WaitingRoom } from '../sale/waiting-room.js';
import { readPlan } from '../seat-map/plan.js';
import { learnServerTime, serverNow } from '../server-clock.js';
import { eventParts } from './event-parts.js';
import { eventTitle } from './event-title.js';

const SECOND_MS = 1_000;
/** A timer may fire a little early. */
const TIMER_MARGIN_MS = 20;
/** Longest delay of a timer: a longer one fires immediately. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Shows the sale of one event, and follows seats, event, queue, connection and other tabs.
 */
export class EventPage {
  #leaving = new AbortController();
  /** @type {(() => void)[]} */
  #endings = [];
  /** @type {import('../sale/sale-state.js').Phase | ''} */
  #phase = '';
  #nextChange = 0;

  /**
   * @param {{
   *   element: HTMLElement, event: any, layout: import('../seat-map/plan.js').PlanDocument,
   *   onTitle: (title: string) => void,
   * }} options `element`: receives the page
   */
  constructor({ element, event, layout, onTitle }) {
    const plan = readPlan(layout);
    this.event = event;
    this.onTitle = onTitle;
    this.seats = createSeatStatus(plan);
    this.room = new WaitingRoom(event.eventId, () => this.update());
    this.reservations = reservationsOf(event.eventId, this.room);
    const { seats, reservations } = this;
    this.sale = createSale({ event, layout, plan, seats, reservations });
    this.parts = eventParts(this.sale, this.room);
    this.title = eventTitle(event);
    fill(element, this.title, this.parts.map.element, this.parts.aside);
  }

  start() {
    const { sale, seats, parts, room } = this;
    const { eventId } = this.event;
    const watch = watchEvent({ eventId, onEvent: (now) => this.#eventChanged(now) });
    const feed = followSeatStatus({
      eventId,
      onStatus: (status) => sale.seatsChanged(seats.replace(status.status, status.revision)),
      onChanges({ changes, revision }) {
        sale.seatsChanged(seats.apply(changes, revision));
        // A canceled event takes all its seats off sale.
        if (changes.length === 0 || changes.some(({ status }) => status === 'blocked'))
          watch.readNow();
      },
      onState: parts.map.feedState,
      onEventChanged: () => watch.readNow(),
    });
    const probe = this.#watchConnection();
    sale.subscribe((changedSeats) => this.update(changedSeats));
    const ticking = setInterval(() => this.#tick(), SECOND_MS);
    const stopFollowing = followOtherTabs(eventId, () => void this.#pickUp());
    this.#endings.push(stopFollowing, watch.stop, probe.stop, sale.stop, parts.destroy);
    this.#endings.push(
      () => room.stop(),
      () => feed.stop(),
      () => clearInterval(ticking),
      () => clearTimeout(this.#nextChange),
    );
    this.update();
    void this.#pickUp();
  }

  stop() {
    this.#leaving.abort();
    for (const end of this.#endings) end();
  }

  /** @param {number[]} [changedSeats] */
  update(changedSeats = []) {
    const { phase } = this.sale.state;
    const opensAt = this.#opensAt();
    const isWaiting = !this.room.letsReserve();
    const isOpen = isOffered(this.event) && opensAt === null && !isWaiting;
    this.parts.update({ isOpen, opensAt, isWaiting }, changedSeats);
    this.#awaitNextChange();
    const before = this.#phase;
    this.#phase = phase;
    if (before !== phase) this.#phaseChanged(before, phase);
  }

  /** When sales open, if later. @returns {number | null} milliseconds since the epoch */
  #opensAt() {
    const at = this.event.onSaleAt ? Date.parse(this.event.onSaleAt) : 0;
    return at > serverNow() ? at : null;
  }

  /** @param {string} before @param {string} now */
  #phaseChanged(before, now) {
    const hasEnded = now === 'choosing' && (before === 'held' || before === 'paying');
    if (now === 'confirmed' || hasEnded) this.room.leave();
    this.parts.phaseChanged(before, now);
  }

  /** Updates exactly when sales open or end, not at the next full second. */
  #awaitNextChange() {
    clearTimeout(this.#nextChange);
    const left = untilNextChange(this.event);
    if (left === Infinity) return;
    const wait = Math.min(left + TIMER_MARGIN_MS, LONGEST_TIMER_MS);
    this.#nextChange = setTimeout(() => this.sale.eventChanged(), wait);
  }

  /** Counts down to the opening of sales or the turn in the queue. */
  #tick() {
    if (this.#opensAt() === null && !this.room.isOn()) return;
    void learnServerTime(this.#leaving.signal);
    this.update();
  }

  /** @param {any} now the current event */
  #eventChanged(now) {
    const news = newsOf(this.event, now);
    const isShown = isShownChange(this.event, now);
    Object.assign(this.event, now);
    if (!isShown) return;
    const title = eventTitle(this.event);
    this.title.replaceWith(title);
    this.title = title;
    this.onTitle(this.event.name);
    this.sale.eventChanged(news);
  }

  #watchConnection() {
    const { sale } = this;
    const probe = createConnectionProbe({
      isLost: () => sale.state.notice?.code === 'offline',
      onBack: () => {
        sale.dismiss();
        void this.#pickUp();
      },
    });
    sale.subscribe(probe.update);
    return probe;
  }

  /**
   * Reads this customer's holds and tickets: a hold may be older than the page, or of another tab.
   */
  async #pickUp() {
    if (!hasAccount()) return;
    try {
      this.sale.resume(await this.reservations.resume());
      await this.sale.knowOwn(await this.reservations.own());
    } catch (error) {
      // Seats can be chosen without this; holding them shows the problem.
      if (!(error instanceof Problem)) throw error;
    }
  }
}
