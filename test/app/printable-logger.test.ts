import { printable, PrintableLogger } from '../../src/app/printable-logger.js';

/** Everything that is printed while `act` runs. */
function printed(act: () => void): string {
  let text = '';
  const take = (chunk: unknown) => ((text += String(chunk)), true);
  const spies = [process.stdout, process.stderr].map((stream) =>
    jest.spyOn(stream, 'write').mockImplementation(take as typeof stream.write),
  );
  act();
  for (const spy of spies) spy.mockRestore();
  return text;
}

const HOSTILE = 'a\u001b[31mred\r\n[Boxoffice] 1 - LOG forged\u009b2J\u202egnirts\u0000\u2028';
const CONTROLS = /[^\P{Cc}\n\t]|[\u202e\u2028]/u;

describe.each([{ json: false }, { json: true }])('a log of text from outside, %o', (options) => {
  const logger = new PrintableLogger('Test', { ...options, colors: false });

  it.each(['log', 'warn', 'error', 'debug', 'fatal', 'verbose'] as const)(
    '%s writes one line',
    (level) => {
      const text = printed(() => logger[level](HOSTILE)).trimEnd();
      expect(text).toContain('forged');
      expect(text).not.toMatch(/\n/);
      expect(text).not.toMatch(CONTROLS);
    },
  );

  it('writes members of an object and a stack without controls, too', () => {
    const text = printed(() => {
      logger.error({ path: HOSTILE, error: `Error: ${HOSTILE}\n    at here` });
      logger.error('failed', `Error: ${HOSTILE}\n    at there`);
    });
    expect(text).not.toMatch(CONTROLS);
    expect(text).toContain('at there');
  });
});

it('text that can be printed stays as it is', () => {
  expect(printable('Müller, 李, 🎟 & "co"')).toBe('Müller, 李, 🎟 & "co"');
});
