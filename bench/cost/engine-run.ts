import 'reflect-metadata';
import { startBoxoffice } from '../../src/app/boxoffice.js';
import { configFromEnvironment } from '../../src/config/config.js';
import { benchEngine } from '../engine.js';

/**
 * Sells through the command bus, in a process of its own. Messages: gets `{ callers, seconds }`,
 * sends `ready` when the event is there, waits for `go`, sends its result when the read models show
 * all sales.
 * `npm run bench:cost -- --against` starts this file of the other commit.
 */
const next = () => new Promise<unknown>((resolve) => process.once('message', resolve));

process.once('disconnect', () => process.exit());
const asked = next();
const boxoffice = await startBoxoffice(configFromEnvironment());
for (let message = await asked; message !== 'end'; message = await next()) {
  const { callers, seconds } = message as { callers: number; seconds: number };
  const run = await benchEngine(boxoffice, callers, seconds, async () => {
    const go = next();
    process.send!('ready');
    await go;
  });
  process.send!(run);
}
await boxoffice.close();
process.disconnect();
