/**
 * engine-run.ts for commits that have none, 4a96280 and before: copied into their
 * `.bench/bench/cost`. Their `benchEngine` sells as soon as it has put its event on sale, so that
 * command ends only after `go`.
 */
import 'reflect-metadata';
import { startBoxoffice } from '../../src/boxoffice.js';
import { configFromEnvironment } from '../../src/config.js';
import { benchEngine } from '../engine.js';

const next = () => new Promise((resolve) => process.once('message', resolve));

process.once('disconnect', () => process.exit());
const asked = next();
const boxoffice = await startBoxoffice(configFromEnvironment());
const { app } = boxoffice;

async function ready() {
  const go = next();
  process.send('ready');
  await go;
}

function get(token) {
  const bus = app.get(token);
  const execute = async (command) => {
    const outcome = await bus.execute(command);
    if (command.constructor.name === 'ScheduleEventCommand') await ready();
    return outcome;
  };
  return { execute };
}

for (let message = await asked; message !== 'end'; message = await next()) {
  const { callers, seconds } = message;
  process.send(await benchEngine({ ...boxoffice, app: { get } }, callers, seconds));
}
await boxoffice.close();
process.disconnect();
