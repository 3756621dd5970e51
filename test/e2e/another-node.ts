import type { Waits } from '../../src/app/app.module.js';
import { startApp, type TestApp } from '../support/app.js';

/** Starts a second node on the database and the event store of the first, which must outlive it. */
export const startAnotherNode = (
  first: TestApp,
  settings: Readonly<Record<string, string>> = {},
  waits: Waits = {},
): Promise<TestApp> =>
  startApp(
    'postgres',
    { ...settings, ...(first.node && { EVENTSTORE_URL: first.node.connectionString }) },
    waits,
    { url: first.databaseUrl, drop: () => Promise.resolve() },
  );
