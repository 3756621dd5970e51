import { startNode, type NumberNode } from '../../bench/numbers/node.js';
import { idleRate, takeNumbers } from '../../bench/numbers/taking.js';

const REQUESTS = 20_000;
const CONNECTIONS = 256;
/** On a machine that has nothing else to do. */
const PER_SECOND = 5_000;
/**
 * Least share of the rate at which the node answers an almost empty request at the same moment. It
 * holds on a busy machine too.
 */
const SHARE = 0.4;
/**
 * The first round also verifies every token for the first time; the machine is never quite quiet:
 * the best counts.
 */
const ROUNDS = 3;

describe(`number tickets of one node, ${REQUESTS} asked for at once`, () => {
  let node: NumberNode;
  beforeAll(async () => {
    node = await startNode();
  });
  afterAll(() => node?.stop());

  it(`are given at ${PER_SECOND} a second, in the order of arrival, each once`, async () => {
    const tokens = node.tokens(REQUESTS);
    const rounds: { rate: number; share: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const idle = await idleRate(node.url, REQUESTS, CONNECTIONS);
      const taking = await takeNumbers(node.url, await node.openRoom(), tokens, CONNECTIONS);
      expect(taking).toMatchObject({ failed: 0, wrong: 0, overtaken: 0 });
      rounds.push({ rate: taking.perSecond, share: taking.perSecond / idle });
    }
    const told = rounds.map(
      ({ rate, share }) => `${Math.round(rate)} (${share.toFixed(2)} of nothing)`,
    );
    console.info(`number tickets a second, ${ROUNDS} rounds: ${told.join(', ')}`);
    const best = rounds.map(({ rate, share }) => Math.max(rate / PER_SECOND, share / SHARE));
    expect(Math.max(...best)).toBeGreaterThanOrEqual(1);
  });
});
