/** CPU times as the Linux kernel counts them in `/proc/<pid>/stat`; see proc_pid_stat(5). */
export interface ProcessTimes {
  readonly pid: number;
  readonly parent: number;
  /** Name of the executable, at most 15 characters. */
  readonly name: string;
  /** Clock ticks of all threads, in user and kernel mode. */
  readonly ticks: number;
  /** The same of ended children that the process waited for, and of theirs. */
  readonly childTicks: number;
}

/** CPU of a service and of the Postgres that it started, in seconds since each process started. */
export interface CpuTimes {
  readonly service: number;
  readonly postgres: number;
}

const POSTGRES = 'postgres';
/** Positions after the name: the first is the third field of the file, `state`. */
const FIELDS = { parent: 1, utime: 11, stime: 12, cutime: 13, cstime: 14 };

/** @throws Error when the text is not one of `/proc/<pid>/stat` */
export function parseStat(text: string): ProcessTimes {
  // The name may hold spaces and parentheses; no later field holds one.
  const match = /^(\d+) \((.*)\) (.+)/s.exec(text);
  const fields = match?.[3]?.trim().split(/\s+/) ?? [];
  const number = (field: keyof typeof FIELDS) => Number(fields[FIELDS[field]]);
  const ticks = number('utime') + number('stime');
  const childTicks = number('cutime') + number('cstime');
  if (!match || Number.isNaN(ticks + childTicks))
    throw new Error(`Not a /proc/<pid>/stat: ${text.slice(0, 80)}`);
  return { pid: Number(match[1]), parent: number('parent'), name: match[2]!, ticks, childTicks };
}

/**
 * Sums a process and all its descendants, ended ones included.
 * A process named `postgres` counts as Postgres, all others count as the service.
 */
export function sumTree(
  processes: readonly ProcessTimes[],
  root: number,
  ticksPerSecond: number,
): CpuTimes {
  const sums = { service: 0, postgres: 0 };
  const remaining = processes.filter(({ pid }) => pid === root);
  for (let next = remaining.pop(); next; next = remaining.pop()) {
    const { pid, name, ticks, childTicks } = next;
    sums[name === POSTGRES ? 'postgres' : 'service'] += (ticks + childTicks) / ticksPerSecond;
    remaining.push(...processes.filter(({ parent }) => parent === pid));
  }
  return sums;
}
