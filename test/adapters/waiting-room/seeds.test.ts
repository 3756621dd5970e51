import { openSeeds } from '../../../src/adapters/waiting-room/seeds.js';
import { commitmentTo } from '../../../src/domain/waiting-room/shuffle.js';

const [OLD, NEW] = ['old', 'new'].map((text) => Buffer.from(`${text} secret of the shop`));

describe('seeds of shuffles', () => {
  it('are one for each event and run, and another shop has others', () => {
    const seeds = [
      ...['event-1', 'event-2'].flatMap((event) =>
        [0, 1].map((run) => openSeeds([NEW!])(event, run, null)),
      ),
      openSeeds([OLD!])('event-1', 0, null),
    ];
    expect(new Set(seeds).size).toBe(5);
    for (const seed of seeds) expect(seed).toMatch(/^[\da-f]{32}$/);
  });

  it('stay what was told of them when another key signs', () => {
    const before = openSeeds([OLD!])('event-1', 0, null);
    const seedOf = openSeeds([NEW!, OLD!]);
    expect(seedOf('event-1', 0, commitmentTo(before))).toBe(before);
    // Of another row nothing was told yet.
    expect(seedOf('event-1', 1, commitmentTo(before))).toBe(openSeeds([NEW!])('event-1', 1, null));
    expect(seedOf('event-1', 0, null)).toBe(openSeeds([NEW!])('event-1', 0, null));
  });
});
