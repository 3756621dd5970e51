import { compare, medianOf, totalCpu, type Measurement } from '../../bench/cost/compare.js';
import { beyondIdle, perSale } from '../../bench/cost/counts.js';
import { ALL_FIGURES, list, select } from '../../bench/cost/figures.js';
import { parseStat, sumTree } from '../../bench/cost/process-times.js';
import { sideInWords } from '../../bench/cost/show.js';

const stat = (pid: number, name: string, parent: number, times: readonly number[]) =>
  `${pid} (${name}) S ${parent} 7 7 0 -1 4194560 100 200 0 0 ${times.join(' ')} ` +
  '20 0 11 0 5000 1000000 500 1 0\n';

describe('CPU times of processes', () => {
  it('reads own ticks and those of ended children', () => {
    expect(parseStat(stat(42, 'node', 7, [100, 20, 3, 4]))).toEqual({
      pid: 42,
      parent: 7,
      name: 'node',
      ticks: 120,
      childTicks: 7,
    });
  });

  it('reads names with spaces and parentheses', () => {
    expect(parseStat(stat(42, 'a) S 1 (b', 7, [1, 2, 3, 4]))).toMatchObject({
      name: 'a) S 1 (b',
      parent: 7,
    });
  });

  it.each(['', 'cpu  1 2 3', '42 (node) S 7'])('rejects %j', (text) => {
    expect(() => parseStat(text)).toThrow('Not a /proc/<pid>/stat');
  });

  it('sums a tree, Postgres apart, in seconds', () => {
    const processes = [
      stat(1, 'init', 0, [9_000, 0, 0, 0]),
      stat(10, 'node', 1, [100, 50, 0, 0]),
      stat(11, 'postgres', 10, [10, 0, 200, 0]),
      stat(12, 'postgres', 11, [30, 5, 0, 0]),
      stat(13, 'worker', 10, [50, 0, 0, 100]),
      stat(20, 'postgres', 1, [7_000, 0, 0, 0]),
    ].map(parseStat);
    expect(sumTree(processes, 10, 100)).toEqual({ service: 3, postgres: 2.45 });
  });

  it('is zero for a process that has ended', () => {
    expect(sumTree([], 10, 100)).toEqual({ service: 0, postgres: 0 });
  });
});

describe('comparison of two commits', () => {
  const rounds = (
    figure: string,
    perSecond: number[],
    service: number,
    postgres = 0,
  ): Measurement[] => perSecond.map((rate) => ({ figure, perSecond: rate, service, postgres }));
  const exceeded = (before: Measurement[], now: Measurement[]) =>
    compare(before, now)
      .filter((row) => row.exceeded)
      .map(({ name }) => name);

  it('compares medians of the rounds', () => {
    const before = rounds('reserve', [100, 1_000, 110], 200, 50);
    expect(medianOf(before, 'reserve', ({ perSecond }) => perSecond)).toBe(110);
    expect(medianOf(before, 'reserve', totalCpu)).toBe(250);
    const [rate, cpu] = compare(before, rounds('reserve', [121, 5, 130], 150, 25));
    expect(rate).toMatchObject({ before: 110, now: 121, ratio: 1.1, exceeded: false });
    expect(cpu).toMatchObject({ before: 250, now: 175, ratio: 0.7, exceeded: false });
  });

  it('accepts a rate and a CPU that stand at their limits', () => {
    expect(exceeded(rounds('reserve', [100], 100), rounds('reserve', [95], 105))).toEqual([]);
  });

  it('reports a rate below its limit and a CPU above it', () => {
    const now = rounds('reserve', [94], 100, 6);
    expect(exceeded(rounds('reserve', [100], 100), now)).toEqual([
      'reserve, per second',
      'reserve, CPU µs',
    ]);
  });

  it('limits the sum of service and Postgres, not each', () => {
    expect(exceeded(rounds('reserve', [100], 100, 50), rounds('reserve', [100], 50, 100))).toEqual(
      [],
    );
  });

  it('only shows the bare routes', () => {
    expect(exceeded(rounds('bare-get', [100], 20), rounds('bare-get', [50], 40))).toEqual([]);
  });

  it('reports a figure that the other commit lacks', () => {
    expect(exceeded([], rounds('search', [100], 20))).toEqual([
      'search, per second',
      'search, CPU µs',
    ]);
  });
});

describe('counts of a sale', () => {
  const sale = (statements: number): Measurement => ({
    ...{ figure: 'sale-2', perSecond: 100, service: 4_000, postgres: 1_000, p50: 8 },
    perSale: { statements },
  });

  it('leaves out what an idle service counts in the same time', () => {
    const idle = { at: 0, counts: { appends: 100, statements: 1_000 } };
    const before = { at: 3_000, counts: { appends: 100, statements: 1_060 } };
    const after = { at: 9_000, counts: { appends: 500, statements: 3_780 } };
    const counts = beyondIdle(idle, before, after);
    expect(counts).toEqual({ appends: 400, statements: 2_600 });
    expect(perSale(counts, 200)).toEqual({ appends: 2, statements: 13 });
  });

  it('shows the medians of counts and latency in the comparison, without a limit', () => {
    const rows = compare([sale(20)], [sale(9), sale(30), sale(10)]);
    expect(rows.find(({ name }) => name === 'sale-2, statements per sale')).toMatchObject({
      ...{ before: 20, now: 10, ratio: 0.5, limit: undefined, exceeded: false },
    });
    expect(rows.find(({ name }) => name === 'sale-2, p50 ms')).toMatchObject({ ratio: 1 });
  });

  it('prints them in a table of their own, and what was not measured as a dash', () => {
    const checkout = { commit: 'abc1234', modified: true };
    const bare: Measurement = { figure: 'bare-get', perSecond: 9_000, service: 20, postgres: 0 };
    const text = sideInWords({ checkout, rounds: [bare, sale(10)] });
    expect(text).toContain('abc1234, modified (medians)');
    expect(text).toMatch(/per sale +statements\n[- ]+\nsale-2 +10\.0$/);
    expect(text).toMatch(/bare-get +9,000 +20\.0 +0\.00 +– +– +– +– +–/);
    expect(sideInWords({ checkout, rounds: [bare] })).not.toContain('per sale');
  });
});

describe('selection of figures', () => {
  const selected = (names: string[]) => select(names).map(({ figures }) => Object.keys(figures));

  it('takes figures by name, in the order of the list, and starts no other processes', () => {
    expect(selected(['sale', 'bare-get', 'reserve'])).toEqual([['bare-get'], ['reserve', 'sale']]);
  });

  it('takes all', () => {
    expect(selected([...ALL_FIGURES]).flat()).toEqual(ALL_FIGURES);
  });

  it('names an unknown figure and the known ones', () => {
    expect(() => select(['sale', 'sail', 'salt'])).toThrow(
      `There is no figure "sail", "salt". The figures are ${ALL_FIGURES.join(', ')}.`,
    );
  });

  it('gives no name to two figures, and lists all', () => {
    expect(new Set(ALL_FIGURES).size).toBe(ALL_FIGURES.length);
    for (const name of ALL_FIGURES) expect(list()).toContain(`${name} `);
  });
});
