import { openMetrics, type MetricsSources } from '../../src/http/health/metrics.js';
import { table } from './tables.js';

/** Sources without a running service: the table needs only names, types and texts. */
const NOTHING = {
  writers: { stats: { commands: 0, rejections: 0, appends: 0, conflicts: 0, events: 0 } },
  lags: () => [],
  streams: { open: 0 },
  subscriptions: { consumerTooSlow: 0 },
  logCondition: () => Promise.resolve({ state: 'ok' }),
  log: { isReplaced: () => false },
  unresolvedPayments: () => Promise.resolve(0),
  unmatchedNotices: () => Promise.resolve(0),
  droppedAttempts: () => 0,
} as unknown as MetricsSources;

/** Returns the table of our metrics. `/metrics` also has the usual ones of Node.js. */
export async function metricsTable(): Promise<string> {
  const text = await openMetrics(NOTHING).text();
  const typeOf = (name: string) => new RegExp(`^# TYPE ${name} (\\w+)$`, 'm').exec(text)?.[1] ?? '';
  const rows = [...text.matchAll(/^# HELP (boxoffice_\w+) (.*)$/gm)].map(([, name, help]) => [
    `\`${name!}\``,
    typeOf(name!),
    help!,
  ]);
  return table(['metric', 'type', 'meaning'], rows);
}
