import { commandOrInstall } from './commands.js';

/**
 * Debian's nginx, with its module for Brotli if that is there; suites start it with a configuration
 * of their own.
 */
export async function start({ log }) {
  if (process.env.TEST_NGINX) return { env: {} };
  const command = commandOrInstall('nginx', ['nginx', 'libnginx-mod-http-brotli-filter'], log);
  return command ? { env: { TEST_NGINX: command } } : { unavailable: 'there is no nginx' };
}
