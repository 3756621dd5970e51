import { h } from '../dom.js';
import { money } from '../format.js';

/** Cards of the payment sandbox; a production site has the form of its payment provider here. */
const SANDBOX_CARDS = [
  { token: 'tok_success', name: 'Card that pays', text: 'Approved at once' },
  {
    token: 'tok_declined',
    name: 'Card that is declined',
    text: 'The bank declines; your seats stay held',
  },
];

/**
 * @param {import('../sale/sale.js').Sale} sale
 * @param {() => boolean} isTooSoon whether a click may be the second one of a double click
 */
export function paymentForm(sale, isTooSoon) {
  const pay = h('button', { class: 'button button--wide', type: 'submit' });
  const email = emailInput(sale.reservations.knownEmail());
  const cards = cardChoice();
  const element = h('form', { class: 'payment', onsubmit: submit }, emailField(email), cards, pay);
  const isFree = () => sale.state.reservation?.total.amountMinor === 0;

  /** @param {Event} event */
  function submit(event) {
    event.preventDefault();
    if (isTooSoon()) return;
    const chosen = cards.querySelector('input[name=token]:checked');
    const token = isFree() ? undefined : (chosen?.value ?? SANDBOX_CARDS[0].token);
    const address = email.value.trim();
    sale.reservations.rememberEmail(address);
    void sale.pay({ token, email: address || undefined });
  }

  return {
    element,
    /** @param {import('../sale/reservations.js').Reservation} reservation */
    update({ total }) {
      const { phase, busy } = sale.state;
      const isPaying = phase === 'paying';
      const offer = isFree() ? 'Get the tickets' : `Pay ${money(total)}`;
      pay.disabled = isPaying || busy !== '';
      pay.classList.toggle('is-busy', isPaying);
      pay.textContent = isPaying ? busy : offer;
      cards.hidden = isFree();
    },
  };
}

/** @param {string} value */
const emailInput = (value) =>
  h('input', {
    id: 'email',
    type: 'email',
    name: 'email',
    autocomplete: 'email',
    maxlength: 254,
    value,
  });

/** @param {HTMLElement} email */
const emailField = (email) =>
  h(
    'div',
    { class: 'field' },
    h('label', { for: 'email' }, 'Email'),
    email,
    h(
      'p',
      { class: 'muted small' },
      'Your tickets are sent here. They are also on this page after you pay.',
    ),
  );

const cardChoice = () =>
  h(
    'fieldset',
    { class: 'payment__cards' },
    h('legend', null, 'Payment'),
    h(
      'p',
      { class: 'muted small' },
      'This box office uses a payment sandbox: no money moves. Choose how the test card behaves.',
    ),
    SANDBOX_CARDS.map((card, index) => cardOption(card, index === 0)),
  );

/** @param {{token: string, name: string, text: string}} card @param {boolean} checked */
const cardOption = ({ token, name, text }, checked) =>
  h(
    'label',
    { class: 'card-choice' },
    h('input', { type: 'radio', name: 'token', value: token, checked }),
    h(
      'span',
      { class: 'card-choice__text' },
      h('span', null, name),
      h('span', { class: 'muted' }, text),
    ),
    h('code', null, token),
  );
