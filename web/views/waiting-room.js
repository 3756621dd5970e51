import { announce, fill, h } from '../dom.js';
import { count, plural, timeLeft } from '../format.js';
import { serverNow } from '../server-clock.js';

const SECOND_MS = 1_000;

/**
 * The visitor's place in the queue.
 * @param {import('../sale/waiting-room.js').WaitingRoom} room
 */
export function waitingRoomView(room) {
  const title = h('strong', { class: 'waiting-room__title' });
  const text = h('p', null);
  const progress = h('progress', {
    class: 'waiting-room__progress',
    max: 1,
    'aria-label': 'Your place in the queue',
  });
  const join = h(
    'button',
    { class: 'button', type: 'button', onclick: takeNumber },
    'Take a number',
  );
  const trouble = h('p', { class: 'muted', hidden: true });

  /** Asks for notification permission while the visitor is looking at the page. */
  function takeNumber() {
    if ('Notification' in window && window.Notification.permission === 'default')
      void window.Notification.requestPermission();
    void room.join();
  }
  const element = h(
    'section',
    { class: 'waiting-room', 'aria-label': 'Waiting room', hidden: true },
    ...[title, text, progress, join, trouble],
  );
  let announced = '';

  function showProgress() {
    const place = room.place();
    const status = room.status();
    progress.hidden = place === undefined || room.hasPass() || status?.state !== 'open';
    if (place !== undefined && status) progress.value = progressOf(status, place);
  }

  return {
    element,
    update() {
      element.hidden = !room.isOn();
      if (element.hidden) return;
      const { headline, detail } = words(room);
      fill(title, headline);
      fill(text, detail);
      trouble.hidden = room.trouble() === '';
      fill(trouble, room.trouble());
      join.hidden = room.mine() !== null;
      showProgress();
      // The countdown itself is not announced.
      const kind = `${room.status()?.state} ${room.mine()?.number} ${room.hasPass()}`;
      if (kind !== announced) announce(`${headline}. ${detail}`, room.hasPass());
      const isCalled = announced !== '' && kind !== announced && room.hasPass();
      announced = kind;
      if (isCalled) alertVisitor();
    },
  };
}

const ALARM = '● Your turn: ';
const NOTE = { frequencyHz: 660, seconds: 0.5 };

/**
 * Alerts a visitor who may be in another tab: the title changes until the tab is visible, the phone
 * vibrates, and a sound plays.
 */
function alertVisitor() {
  navigator.vibrate?.([200, 100, 200]);
  sound();
  if (!document.hidden) return;
  notify(document.title);
  document.title = ALARM + document.title;
  const seen = () => {
    if (document.hidden) return;
    document.title = document.title.replace(ALARM, '');
    document.removeEventListener('visibilitychange', seen);
  };
  document.addEventListener('visibilitychange', seen);
}

/** @param {string} about */
function notify(about) {
  if (!('Notification' in window) || window.Notification.permission !== 'granted') return;
  try {
    new window.Notification('It is your turn', { body: about });
  } catch {
    // Chrome on Android shows notifications of service workers only.
  }
}

/** Plays a sound if the visitor has clicked on the page: browsers forbid it otherwise. */
function sound() {
  if (!navigator.userActivation?.hasBeenActive) return;
  const context = new window.AudioContext();
  const tone = context.createOscillator();
  const volume = context.createGain();
  volume.gain.value = 0.1;
  tone.frequency.value = NOTE.frequencyHz;
  tone.connect(volume).connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + NOTE.seconds);
  tone.onended = () => void context.close();
}

/** @param {import('../sale/waiting-room.js').WaitingRoom} room */
function words(room) {
  const status = room.status();
  const mine = room.mine();
  if (room.hasPass()) {
    const left = timeLeft((mine?.passEndsAt ?? 0) - serverNow());
    return {
      headline: 'It is your turn',
      detail: `Choose your seats and hold them within ${left}.`,
    };
  }
  if (!mine) {
    const detail =
      status?.state === 'countdown'
        ? `The queue opens in ${untilOpening(status)}. Take a number and keep this page open.`
        : 'Many people want these seats, so they enter one after the other. Take a number to wait.';
    return { headline: 'There is a waiting room', detail };
  }
  const place = room.place();
  const headline =
    place === undefined ? `Your number is ${count(mine.number)}` : `Your place is ${count(place)}`;
  return { headline, detail: queueWords(room, status, place) };
}

/**
 * @param {import('../sale/waiting-room.js').WaitingRoom} room
 * @param {ReturnType<import('../sale/waiting-room.js').WaitingRoom['status']>} status
 * @param {number | undefined} place
 */
function queueWords(room, status, place) {
  if (status?.state === 'paused') return 'The queue is paused. You keep your place.';
  if (status?.state === 'countdown') {
    const lot = status.shuffle ? ' Places are then drawn by lot among all early numbers.' : '';
    return `The queue opens in ${untilOpening(status)}.${lot} A reload keeps your number.`;
  }
  if (place === undefined) return 'Places are being drawn by lot.';
  if (room.isServed()) return 'It is your turn. You can choose seats in a moment.';
  const ahead = place - (status?.nowServing ?? 0) - 1;
  const eta = room.etaSeconds();
  const position =
    ahead === 0 ? 'You are next.' : `${plural(ahead, 'person is', 'people are')} before you.`;
  const time = eta === null ? '' : ` About ${timeLeft(eta * SECOND_MS)} to go.`;
  return `${position}${time} You keep your place if you reload.`;
}

/**
 * The progress, 0 to 1. A queue starts after the numbers of earlier queues.
 * @param {import('../sale/waiting-room.js').RoomStatus} status @param {number} place
 */
const progressOf = ({ nowServing, startsAfter }, place) =>
  Math.min(1, (nowServing - startsAfter) / Math.max(1, place - startsAfter));

/** @param {import('../sale/waiting-room.js').RoomStatus} status */
const untilOpening = ({ opensAt }) => timeLeft(Date.parse(opensAt ?? '') - serverNow());
