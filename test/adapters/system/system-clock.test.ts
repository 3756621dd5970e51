import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { systemClock } from '../../../src/adapters/system/clock.js';

const CLOCK = resolve('dist/adapters/system/clock.js');
/** In a process of its own: what Node warns of, a test is not told. */
const FIFTY_ASLEEP = `
  import { systemClock } from ${JSON.stringify(CLOCK)};
  const ending = new AbortController();
  const asleep = Array.from({ length: 50 }, () => systemClock.sleep(600_000, ending.signal));
  setImmediate(() => ending.abort());
  await Promise.all(asleep);
  console.log('awake');
`;

describe('the clock of the machine', () => {
  it('lets any number sleep until one end, and Node takes them for no leak', async () => {
    const args = ['--input-type=module', '-e', FIFTY_ASLEEP];
    expect(await promisify(execFile)(process.execPath, args)).toEqual({
      stdout: 'awake\n',
      stderr: '',
    });
  });

  it('wakes at once for what has ended already, and else when the time is over', async () => {
    await systemClock.sleep(600_000, AbortSignal.abort());
    const began = performance.now();
    await systemClock.sleep(5, new AbortController().signal);
    expect(performance.now() - began).toBeGreaterThanOrEqual(4);
  });
});
