import { Problem } from '../api.js';
import { announce } from '../dom.js';
import { money, plural } from '../format.js';
import { explain } from '../problems.js';
import { localDeadline } from '../server-clock.js';
import { AVAILABLE, RESERVED, SOLD } from './seat-status.js';

/**
 * One visitor's purchase at one event, from choosing to tickets.
 * @typedef {'choosing' | 'holding' | 'held' | 'paying' | 'confirmed'} Phase
 * @typedef {{kind: 'error' | 'info', title: string, text: string, remedies: import('../problems.js').Remedy[],
 *   retry?: () => void, circled?: number[]}} Notice
 * @typedef {{
 *   phase: Phase, basket: number[], own: Set<number>, ownCount: number, notice: Notice | null, busy: string,
 *   reservation: import('./reservations.js').Reservation | null, deadline: number,
 * }} State
 * `basket`, `own`: seat indices; `busy`: what the page is waiting for; `deadline`: milliseconds by this computer's clock
 * @typedef {ReturnType<typeof createSale>} Sale
 *
 * @param {{
 *   event: any, layout: import('../seat-map/plan.js').PlanDocument, plan: import('../seat-map/plan.js').Plan,
 *   seats: import('./seat-status.js').SeatStatus,
 *   reservations: ReturnType<typeof import('./reservations.js').reservationsOf>,
 * }} parts
 */
export function createSale({ event, layout, plan, seats, reservations }) {
  /** @type {State} */
  const state = {
    phase: 'choosing',
    basket: [],
    own: new Set(),
    ownCount: 0,
    notice: null,
    busy: '',
    reservation: null,
    deadline: 0,
  };
  /** @type {Set<(changedSeats: number[]) => void>} */
  const listeners = new Set();
  const changed = (/** @type {number[]} */ changedSeats = []) =>
    listeners.forEach((listener) => listener(changedSeats));
  /** @type {Map<string, {amountMinor: number, currency: string}>} */
  const prices = new Map(event.prices.map((/** @type {any} */ price) => [price.category, price]));
  const currency = event.prices[0]?.currency ?? 'EUR';

  const priceOf = (/** @type {number} */ seat) =>
    prices.get(plan.categories[plan.category[seat]]?.name);
  const totalOf = (/** @type {number[]} */ list) => ({
    amountMinor: list.reduce((sum, seat) => sum + (priceOf(seat)?.amountMinor ?? 0), 0),
    currency,
  });
  const nameOf = (/** @type {number} */ seat) =>
    [plan.sections[plan.section[seat]].name, plan.rowText(seat), plan.seatText(seat)].join(', ');
  const indices = (/** @type {string[]} */ ids) =>
    ids.map((id) => plan.indexOf.get(id)).filter((seat) => seat !== undefined);
  const isMine = (/** @type {number} */ seat) => state.own.has(seat);
  const limit = () => Math.max(0, event.maxSeatsPerCustomer - state.ownCount);

  function tell(/** @type {Notice | null} */ notice) {
    state.notice = notice;
    if (notice) announce(`${notice.title}. ${notice.text}`, notice.kind === 'error');
  }

  /** @param {number} seat */
  function whyNot(seat) {
    if (event.status === 'cancelled') return 'This event is canceled.';
    const code = seats.codes[seat];
    if (code === RESERVED)
      return 'Another buyer is holding this seat. It may come back: watch the map.';
    if (code === SOLD) return 'This seat is sold. Choose another seat.';
    return 'This seat is not for sale. Choose another seat.';
  }

  /** @param {unknown} error @param {() => void} retry */
  function refuse(error, retry) {
    if (!(error instanceof Problem)) throw error;
    const explanation = explain(error);
    const circled = indices(error.body.strandedSeatIds ?? []);
    tell({ kind: 'error', ...explanation, retry, circled });
    const taken = indices(error.body.unavailableSeatIds ?? []);
    state.basket = state.basket.filter((seat) => !taken.includes(seat));
    return seats.note(taken, RESERVED);
  }

  /** @param {import('./reservations.js').Reservation} reservation */
  function take(reservation) {
    const mine = indices(reservation.seatIds);
    state.reservation = reservation;
    state.deadline = localDeadline(reservation);
    state.phase = reservation.status === 'confirmed' ? 'confirmed' : 'held';
    state.basket = [];
    for (const seat of mine) state.own.add(seat);
    state.ownCount = state.own.size;
    return seats.note(mine, reservation.status === 'confirmed' ? SOLD : RESERVED);
  }

  /** Back to choosing; seats of a hold that is over are nobody's again. */
  function drop() {
    const mine = indices(state.reservation?.seatIds ?? []);
    if (state.reservation?.status !== 'confirmed') mine.forEach((seat) => state.own.delete(seat));
    state.ownCount = state.own.size;
    state.basket = [];
    state.reservation = null;
    state.phase = 'choosing';
    reservations.forget();
    return mine;
  }

  const waiting = (/** @type {string} */ text) => () => {
    state.busy = text;
    changed();
    announce(text);
  };

  /** @param {import('./reservations.js').Wish} wish */
  async function hold(wish) {
    if (state.phase !== 'choosing') return;
    const asked = [...state.basket];
    Object.assign(state, { phase: 'holding', busy: 'Holding your seats…', notice: null });
    changed();
    try {
      const reservation = await reservations.hold(
        wish,
        waiting('Very busy. Still trying to hold your seats…'),
      );
      state.busy = '';
      if (reservation.status !== 'held') return void expired(reservation);
      const mine = take(reservation);
      announce(
        `Held for you: ${indices(reservation.seatIds).map(nameOf).join('; ')}. ${money(reservation.total)}.`,
      );
      changed(mine);
    } catch (error) {
      Object.assign(state, { phase: 'choosing', busy: '' });
      state.basket = asked;
      changed(refuse(error, () => hold(wish)));
    }
  }

  /** @param {{token?: string, email?: string}} means */
  async function pay(means) {
    const { reservation } = state;
    if (!reservation || state.phase !== 'held') return;
    Object.assign(state, { phase: 'paying', busy: 'Paying…', notice: null });
    changed();
    try {
      const paid = await reservations.pay(
        reservation,
        means,
        waiting('Very busy. Still waiting for the payment…'),
      );
      state.busy = '';
      if (paid.status === 'confirmed') {
        const mine = take(paid);
        announce(`Paid. ${plural(paid.seatIds.length, 'ticket')} for ${event.name}.`);
        return void changed(mine);
      }
      if (paid.status !== 'held') return void expired(paid);
      state.phase = 'held';
      tell({
        kind: 'info',
        title: 'The payment is still on its way',
        text: 'Your seats stay held. Look again in a minute.',
        remedies: ['reservations'],
      });
      changed();
    } catch (error) {
      Object.assign(state, { phase: 'held', busy: '' });
      if (error instanceof Problem && /^(reservation|payment-refunded)/.test(error.code)) drop();
      changed(refuse(error, () => pay(means)));
    }
  }

  async function release() {
    const { reservation } = state;
    if (!reservation || state.phase !== 'held') return;
    Object.assign(state, { busy: 'Giving the seats back…', notice: null });
    changed();
    try {
      await reservations.release(reservation.reservationId);
      state.busy = '';
      const mine = drop();
      announce('The seats are on sale again.');
      changed(seats.note(mine, AVAILABLE));
    } catch (error) {
      state.busy = '';
      changed(refuse(error, () => release()));
    }
  }

  /** @param {import('./reservations.js').Reservation} reservation as it stands now */
  function expired({ revision, status }) {
    const mine = drop();
    const free = 'If they are still free, they are chosen below.';
    tell(
      status === 'released'
        ? {
            kind: 'info',
            title: 'The seats were given back',
            text: `They are on sale again. ${free}`,
            remedies: [],
          }
        : {
            kind: 'info',
            title: 'Your hold has ended',
            text: `The seats went back on sale and nothing was charged. ${free}`,
            remedies: [],
          },
    );
    // The live feed may be a moment behind with the news that they are free, or ahead with who took them since.
    if (seats.revision < revision) seats.note(mine, AVAILABLE);
    state.basket = mine.filter((seat) => seats.codes[seat] === AVAILABLE);
    changed(mine);
  }

  return {
    state,
    event,
    layout,
    plan,
    seats,
    ...{ priceOf, totalOf, nameOf, limit, isMine, hold, pay, release, reservations },
    /** @param {(changedSeats: number[]) => void} listener */
    subscribe: (listener) => listeners.add(listener),
    holdBasket: () => hold({ seatIds: state.basket.map((seat) => plan.ids[seat]) }),
    dismiss() {
      state.notice = null;
      changed();
    },

    /** Chooses a seat or unchooses it. @param {number} seat */
    toggle(seat) {
      if (state.phase !== 'choosing') return;
      const { basket } = state;
      if (basket.includes(seat)) {
        state.basket = basket.filter((other) => other !== seat);
        announce(`${nameOf(seat)} removed. ${plural(state.basket.length, 'seat')}.`);
      } else if (isMine(seat)) {
        tell({
          kind: 'info',
          title: `${nameOf(seat)} is already yours`,
          text: '',
          remedies: ['reservations'],
        });
      } else if (seats.codes[seat] !== AVAILABLE || !priceOf(seat)) {
        const title = `${nameOf(seat)} cannot be chosen`;
        tell({ kind: 'info', title, text: whyNot(seat), remedies: [] });
      } else if (basket.length >= limit()) {
        const text =
          state.ownCount > 0
            ? `You have ${state.ownCount} already.`
            : 'Remove one to choose another.';
        const title = `${plural(event.maxSeatsPerCustomer, 'seat')} per customer at most`;
        tell({ kind: 'info', title, text, remedies: state.ownCount > 0 ? ['reservations'] : [] });
      } else {
        state.basket = [...basket, seat];
        state.notice = null;
        announce(
          `${nameOf(seat)} chosen. ${plural(state.basket.length, 'seat')}, ${money(totalOf(state.basket))}.`,
        );
      }
      changed();
    },
    clear() {
      state.basket = [];
      changed();
    },
    /** Shows a change by the organizer. @param {{title: string, text: string}} news */
    inform(news) {
      tell({ kind: 'info', ...news, remedies: [] });
      changed();
    },
    /** Adds the seats that a refusal circled, as far as the limit goes. */
    takeToo() {
      const wanted = (state.notice?.circled ?? []).filter((seat) => !state.basket.includes(seat));
      state.basket = [...state.basket, ...wanted].slice(0, limit());
      this.dismiss();
    },

    /** Seats that others took leave the basket. @param {number[]} changedSeats */
    seatsChanged(changedSeats) {
      if (state.phase === 'choosing' && state.basket.length > 0) {
        const lost = state.basket.filter(
          (seat) => seats.codes[seat] !== AVAILABLE && !isMine(seat),
        );
        if (lost.length > 0) {
          state.basket = state.basket.filter((seat) => !lost.includes(seat));
          const title =
            lost.length === 1
              ? `${nameOf(lost[0])} was just taken`
              : `${lost.length} seats were just taken`;
          tell({
            kind: 'info',
            title,
            text: 'Removed from your selection.',
            remedies: ['best-available'],
          });
        }
      }
      changed(changedSeats);
      // Expired, or released or paid for in another tab.
      const isSettled = (/** @type {number} */ seat) =>
        isMine(seat) && seats.codes[seat] !== RESERVED;
      if (state.phase === 'held' && changedSeats.some(isSettled)) void this.checkExpiry();
    },

    /** Takes up a hold that a reload interrupted. @param {import('./reservations.js').Reservation | null} found */
    resume(found) {
      // Released or paid for in another tab.
      if (!found && state.phase === 'held') return void this.checkExpiry();
      if (!found || state.phase !== 'choosing') return;
      if (found.status === 'held') {
        state.notice = null;
        changed(take(found));
        announce(`${plural(found.seatIds.length, 'seat')} still held for you.`);
      } else reservations.forget();
    },
    /** @param {import('./reservations.js').Reservation[]} list what this customer has of this event */
    knowOwn(list) {
      for (const reservation of list) {
        if (reservation.status !== 'held' && reservation.status !== 'confirmed') continue;
        for (const seat of indices(reservation.seatIds)) state.own.add(seat);
      }
      state.ownCount = state.own.size;
      changed();
      // A hold made in another tab goes on here.
      this.resume(list.find(({ status }) => status === 'held') ?? null);
    },
    /** The countdown is over: the log decides, so ask before saying so. */
    async checkExpiry() {
      const { reservation, phase } = state;
      if (!reservation || phase !== 'held') return;
      const now = await reservations.read(reservation.reservationId).catch(() => null);
      if (state.reservation !== reservation || state.phase !== 'held' || !now) return;
      if (now.status === 'held') state.deadline = localDeadline(now);
      else if (now.status === 'confirmed') changed(take(now));
      else expired(now);
    },
    buyMore() {
      drop();
      state.notice = null;
      changed();
    },
  };
}
