import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { measureInventoryMemory } from '../../../../bench/inventory-memory.js';
import { BYTES } from '../../../../src/commands/seat-inventory/writer/loaded-inventory.js';

/** `npm run bench:memory` measures 100,000. */
const COUNT = 25_000;

it('an inventory uses no more memory than its writer estimates', () => {
  setFlagsFromString('--expose-gc');
  Object.assign(globalThis, { gc: runInNewContext('gc') as () => void });
  const { open, finished, sold } = measureInventoryMemory(COUNT);
  expect(finished).toBeLessThan(BYTES.finished);
  expect(open).toBeLessThan(BYTES.reservation);
  expect(sold).toBeLessThan(BYTES.reservation);
});
