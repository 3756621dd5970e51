import { announce, h, svg } from '../dom.js';
import { spokenTimeLeft, timeLeft } from '../format.js';

const TICK_MS = 250;
const URGENT_MS = 60_000;
/** Screen readers announce the time left when it passes these, not every second. */
const SPOKEN_MS = [300_000, 120_000, 60_000, 30_000, 10_000];
/** At zero the server is asked this often whether the hold has ended. */
const ASK_AGAIN_MS = 1_500;
const RADIUS = 20;
const CIRCUMFERENCE = 2 * Math.PI * RADIUS;

/** The time left to pay, as text and as a ring. @param {import('../sale/sale.js').Sale} sale */
export function holdCountdown(sale) {
  const clock = h('span', { class: 'hold__time', role: 'timer', 'aria-live': 'off' });
  const { ring, showShare } = countdownRing();
  let timer = 0;
  let askedAt = 0;
  let wholeMs = 1;
  let spoken = createSpokenTime();

  /** @param {(isUrgent: boolean) => void} onUrgency */
  function tick(onUrgency) {
    const left = sale.state.deadline - Date.now();
    clock.textContent = left > 0 ? timeLeft(left) : 'a moment';
    wholeMs = Math.max(wholeMs, left);
    showShare(Math.max(0, left) / wholeMs);
    onUrgency(left < URGENT_MS);
    spoken.update(left);
    if (left > 0 || Date.now() - askedAt <= ASK_AGAIN_MS) return;
    askedAt = Date.now();
    void sale.checkExpiry();
  }

  return {
    clock,
    ring,
    /** Begins the countdown of another hold. */
    restart() {
      spoken = createSpokenTime();
      wholeMs = sale.event.holdSeconds * 1_000;
    },
    /** @param {(isUrgent: boolean) => void} onUrgency */
    run(onUrgency) {
      timer ||= setInterval(() => tick(onUrgency), TICK_MS);
      tick(onUrgency);
    },
    stop() {
      clearInterval(timer);
      timer = 0;
    },
  };
}

function createSpokenTime() {
  /** The last mark passed, or the time left at the first update, which is not announced. */
  let spokenAt = Infinity;
  return {
    /** @param {number} left milliseconds */
    update(left) {
      const passed = SPOKEN_MS.findLast((mark) => left <= mark && left > 0);
      if (passed !== undefined && passed < spokenAt) {
        if (spokenAt !== Infinity) announce(`${spokenTimeLeft(left)} left to pay.`);
        spokenAt = passed;
      } else if (spokenAt === Infinity)
        spokenAt = SPOKEN_MS.find((mark) => left > mark) ? left : Infinity;
    },
  };
}

function countdownRing() {
  const circle = { cx: 24, cy: 24, r: RADIUS };
  const left = svg('circle', {
    ...circle,
    class: 'ring__left',
    'stroke-dasharray': CIRCUMFERENCE,
  });
  const ring = svg(
    'svg',
    { viewBox: '0 0 48 48', width: 48, height: 48, class: 'ring', 'aria-hidden': 'true' },
    svg('circle', { ...circle, class: 'ring__all' }),
    left,
  );
  /** @param {number} share of the time that is left */
  const showShare = (share) =>
    left.setAttribute('stroke-dashoffset', String(CIRCUMFERENCE * (1 - share)));
  return { ring, showShare };
}
