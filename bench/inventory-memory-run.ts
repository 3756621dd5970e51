import { measureInventoryMemory } from './inventory-memory.js';

const COUNT = 100_000;

const { open, finished, sold } = measureInventoryMemory(COUNT);
process.stdout.write(
  `Bytes in memory, of one seat and a customer of its own each, measured on ${COUNT}:\n`,
);
for (const [name, bytes] of Object.entries({
  'open hold': open,
  'finished hold': finished,
  'sold reservation': sold,
}))
  process.stdout.write(`  ${name.padEnd(18)}${bytes.toFixed(0).padStart(6)}\n`);
