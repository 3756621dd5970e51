import { readFile } from 'node:fs/promises';
import { describeSettings } from '../../src/config/config.js';
import { SETTINGS } from '../../src/config/settings.js';

describe('docs/reference/configuration.md', () => {
  it('has exactly one row per setting, with the texts of the code', async () => {
    const text = await readFile(
      new URL('../../docs/reference/configuration.md', import.meta.url),
      'utf8',
    );
    const rows = text.split('\n').filter((line) => line.startsWith('| `'));
    const cells = rows.map((row) => row.split('|').map((cell) => cell.trim().replaceAll('`', '')));
    expect(
      cells.map(([, name, purpose, expects, unset]) => [name, purpose, expects, unset]),
    ).toEqual(
      SETTINGS.map(({ name, purpose, expects, unset }) =>
        [name, purpose, expects, unset].map((cell) => cell.replaceAll('`', '')),
      ),
    );
  });

  it('agrees with --help', () => {
    for (const { name, purpose } of SETTINGS)
      expect(describeSettings()).toContain(`${name}\n    ${purpose}`);
  });
});
