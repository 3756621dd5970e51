import { answers, commandOrInstall, freePort, startServer } from './commands.js';

/**
 * A Redis of the tests' own, in memory only, on a port that was free; `TEST_REDIS_URL` names
 * another.
 */
export async function start({ log }) {
  if (process.env.TEST_REDIS_URL) return { env: {} };
  const command = commandOrInstall('redis-server', ['redis-server'], log);
  if (!command) return { unavailable: 'there is no redis-server' };
  const port = await freePort();
  const settings = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', '/tmp'];
  const stop = await startServer(command, ['--port', String(port), ...settings], () =>
    answers(port),
  );
  return { env: { TEST_REDIS_URL: `redis://127.0.0.1:${port}` }, stop };
}
