import { h } from '../dom.js';

/**
 * Asks for an access token, where the server issues none to visitors.
 * @returns {Promise<string>} the token, or '' when the visitor declines
 */
export function askForToken() {
  return new Promise((resolve) => {
    const field = h('textarea', {
      id: 'token',
      rows: '4',
      spellcheck: 'false',
      autocomplete: 'off',
      required: true,
    });
    const dialog = h(
      'dialog',
      { class: 'dialog', 'aria-labelledby': 'token-title' },
      h(
        'form',
        { method: 'dialog' },
        h('h2', { id: 'token-title' }, 'Sign in'),
        h(
          'p',
          { class: 'muted' },
          'This box office does not issue access tokens itself. Paste your access token (JWT).',
        ),
        h('label', { for: 'token' }, 'Access token'),
        field,
        h(
          'div',
          { class: 'row row--end' },
          h(
            'button',
            { class: 'button button--quiet', value: '', formnovalidate: true },
            'Not now',
          ),
          h('button', { class: 'button', value: 'use' }, 'Continue'),
        ),
      ),
    );
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'use' ? field.value.trim() : '');
    });
    document.body.append(dialog);
    dialog.showModal();
    field.focus();
  });
}
