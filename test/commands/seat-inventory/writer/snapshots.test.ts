import { systemClock } from '../../../../src/adapters/system/clock.js';
import type { Outcome } from '../../../../src/commands/seat-inventory/writer/outcome.js';
import { SEAT_INVENTORY_FOLD_VERSION } from '../../../../src/domain/seat-inventory/state/state.js';
import { seatInventoryStream } from '../../../../src/domain/seat-inventory/events.js';
import { impatientClock } from '../../../support/manual-clock.js';
import { proveLog } from '../../../support/log/log-proof.js';
import {
  block,
  confirm,
  expire,
  release,
  reserve,
  unblock,
} from '../../../support/seat-inventory/commands.js';
import {
  LOGS,
  openWriteSide,
  type Sale,
  type ShopNode,
  type WriteSide,
} from '../../../support/write-side.js';
import { hall, readsOf, reserveSeat, seatIds } from './large-hall.fixture.js';

/** A second of waiting takes twenty milliseconds. */
const fastClock = impatientClock(50);
/**
 * The sale has this many domain events more than nothing; a snapshot is worth its while from 500
 * on.
 */
const SEATS = seatIds.length;

describe.each(LOGS)('Snapshots and cold starts, over %s', (logName) => {
  let side: WriteSide;
  beforeAll(async () => {
    side = await openWriteSide(logName);
  });
  afterAll(() => side.close());

  /** Every kind of change has happened in it. */
  async function busySale(node: ShopNode): Promise<Sale> {
    const sale = await side.openSale({}, hall);
    await Promise.all(seatIds.slice(0, -10).map((_, at) => sale.ask(node, reserveSeat(at))));
    await sale.ask(node, release('r1', { by: 'buyer-1' }));
    await sale.ask(node, confirm('r2', { by: 'buyer-2' }));
    await sale.ask(node, expire(['r3', 'r4'], Date.parse('2027-01-01')));
    await sale.ask(node, block(seatIds.slice(-4)));
    await sale.ask(node, unblock(seatIds.slice(-2)));
    return sale;
  }

  /**
   * Asks a node for its state of the seats and of reservations of every status, by commands that
   * change nothing.
   */
  const knowledgeOf = (sale: Sale, node: ShopNode): Promise<Outcome[]> =>
    Promise.all([
      sale.ask(node, block(seatIds)),
      ...[0, 1, 2, 3, 4, 5, 300, SEATS - 11].map((at) => sale.ask(node, reserveSeat(at))),
      ...seatIds
        .slice(-12)
        .map((seatId) => sale.ask(node, reserve([seatId, seatIds[0]!], { as: 'p', by: 'prober' }))),
      sale.ask(node, reserve(seatIds.slice(4, 10), { as: 'p', by: 'buyer-2' })),
    ]);
  const storedRevision = async (sale: Sale) => {
    const { rows } = await side.pool.query<{ revision: string }>(
      'select revision::text from snapshots where stream = $1',
      [seatInventoryStream(sale.eventId)],
    );
    return rows[0] && BigInt(rows[0].revision);
  };
  const change = (sale: Sale, set: string, value: unknown, ...more: unknown[]) =>
    side.pool.query(`update snapshots set ${set} where stream = $2`, [
      value,
      seatInventoryStream(sale.eventId),
      ...more,
    ]);
  async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
    for (const end = performance.now() + 10_000; ; await systemClock.sleep(20)) {
      const seen = await look();
      if (seen !== undefined) return seen;
      if (performance.now() > end) throw new Error('It did not come in ten seconds.');
    }
  }

  it(
    'a node that has seen nothing but the log knows what the one knows that wrote ' + 'it',
    async () => {
      const warm = side.openNode();
      const sale = await busySale(warm);
      const cold = side.openNode();
      expect(await knowledgeOf(sale, cold)).toEqual(await knowledgeOf(sale, warm));
      expect(readsOf(sale, cold)[0]).toBe(0n);
      expect(cold.traffic.appends).toEqual([]);
    },
  );

  it(
    'a snapshot is taken when the sale is quiet, and a later start reads only what ' + 'came after',
    async () => {
      const warm = side.openNode({ clock: fastClock });
      const sale = await busySale(warm);
      const at = await until(() => storedRevision(sale));
      expect(at).toBe(warm.writers.knownRevision(sale.eventId));
      await sale.ask(warm, reserveSeat(SEATS - 10));

      const cold = side.openNode();
      expect(await knowledgeOf(sale, cold)).toEqual(await knowledgeOf(sale, warm));
      expect(readsOf(sale, cold)[0]).toBe(at);
      expect(cold.log).toEqual([]);
      expect(await sale.ask(cold, reserveSeat(SEATS - 9))).toMatchObject({
        accepted: true,
        revision: at + 2n,
      });
      proveLog(await sale.log());
    },
  );

  it('a node that ends takes one, so that the next starts where it left off', async () => {
    const ending = side.openNode();
    const sale = await busySale(ending);
    await ending.close();
    expect(await storedRevision(sale)).toBe(ending.writers.knownRevision(sale.eventId));
    expect(ending.log).toEqual([]);
  });

  it('a sale with few domain events gets none', async () => {
    const node = side.openNode();
    const sale = await side.openSale({}, hall);
    await sale.ask(node, reserveSeat(0));
    await node.close();
    expect(await storedRevision(sale)).toBeUndefined();
  });

  describe('a snapshot that cannot be used is ignored', () => {
    let sale: Sale;
    let warm: ShopNode;
    let body: Buffer;
    beforeAll(async () => {
      warm = side.openNode({ clock: fastClock });
      sale = await busySale(warm);
      await until(() => storedRevision(sale));
      const stored = await side.pool.query<{ body: Buffer }>(
        'select body from snapshots where stream = $1',
        [seatInventoryStream(sale.eventId)],
      );
      body = stored.rows[0]!.body;
    });

    const flipped = (at: number) => (bytes: Buffer) => {
      const copy = Buffer.from(bytes);
      copy[at < 0 ? copy.length + at : at]! ^= 1;
      return copy;
    };
    it.each<[string, (bytes: Buffer) => Buffer]>([
      ['empty', () => Buffer.alloc(0)],
      ['something else', () => Buffer.from('a letter from home')],
      ['cut off', (bytes) => bytes.subarray(0, bytes.length / 2)],
      ['wrong in one bit at its beginning', flipped(0)],
      ['wrong in one bit in its middle', flipped(800)],
      ['wrong in its last bit', flipped(-1)],
    ])('when it is %s', async (_, damage) => {
      await change(sale, 'body = $1', damage(body));
      const cold = side.openNode();
      expect(await knowledgeOf(sale, cold)).toEqual(await knowledgeOf(sale, warm));
      expect(readsOf(sale, cold)[0]).toBe(0n);
      expect(cold.log).toEqual([expect.stringMatching(/^Snapshot of .* ignored: it is damaged/)]);
      await change(sale, 'body = $1', body);
    });

    it('when another version of the fold has made it', async () => {
      await change(sale, 'fold_version = $1', SEAT_INVENTORY_FOLD_VERSION + 1);
      const cold = side.openNode();
      expect(await knowledgeOf(sale, cold)).toEqual(await knowledgeOf(sale, warm));
      expect(readsOf(sale, cold)[0]).toBe(0n);
      await change(sale, 'fold_version = $1', SEAT_INVENTORY_FOLD_VERSION);
    });

    it(
      'when it claims to know more than the log has, which was restored from a ' + 'backup',
      async () => {
        const at = (await storedRevision(sale))!;
        await change(sale, 'revision = $1', at + 1_000n);
        const cold = side.openNode();
        expect(await knowledgeOf(sale, cold)).toEqual(await knowledgeOf(sale, warm));
        expect(readsOf(sale, cold).slice(0, 2)).toEqual([at + 1_000n, 0n]);
        expect(await sale.ask(cold, reserveSeat(SEATS - 8))).toMatchObject({
          accepted: true,
          written: true,
        });
        await cold.close();
        expect(await storedRevision(sale)).toBe(at + 1n);
        await change(sale, 'revision = $1, body = $3', at, body);
      },
    );

    it(
      'when the log was restored from a backup and has sold other seats since, as many ' +
        'as it knows of',
      async () => {
        const at = (await storedRevision(sale))!;
        const since = await side.openSale({}, hall);
        const seller = side.openNode();
        await since.ask(seller, reserve([seatIds[1]!], { as: 'sold since', by: 'bob' }));
        for (let ended = 0n; ended < at; ended += 2n) {
          await since.ask(seller, block(seatIds.slice(-1)));
          await since.ask(seller, unblock(seatIds.slice(-1)));
        }
        await side.pool.query(
          `insert into snapshots
       select $1, revision, fold_version, body, now() from snapshots where stream = $2`,
          [seatInventoryStream(since.eventId), seatInventoryStream(sale.eventId)],
        );
        const cold = side.openNode();
        expect(await since.ask(cold, reserveSeat(1))).toMatchObject({
          rejection: { code: 'seats-unavailable' },
        });
        expect(await since.ask(cold, reserveSeat(4))).toMatchObject({
          accepted: true,
          written: true,
        });
        expect(cold.log).toEqual([
          expect.stringMatching(
            /^Snapshot of .* discarded: the stream has another domain event at/,
          ),
        ]);
        await cold.close();
        expect(await storedRevision(since)).toBe(cold.writers.knownRevision(since.eventId));
      },
    );

    it('when the database takes longer to find it than anybody should wait', async () => {
      const busy = await side.pool.connect();
      await busy.query('begin; lock table snapshots in access exclusive mode');
      try {
        const cold = side.openNode();
        expect(await sale.ask(cold, reserveSeat(0))).toMatchObject({
          accepted: true,
          written: false,
        });
        expect(cold.log).toEqual([expect.stringMatching(/ignored: no answer within/)]);
      } finally {
        await busy.query('rollback');
        busy.release();
      }
    });

    it('when its table is gone; and nothing but the log tells of it', async () => {
      await side.pool.query('alter table snapshots rename to snapshots_away');
      try {
        const cold = side.openNode();
        expect(await sale.ask(cold, reserveSeat(0))).toMatchObject({
          accepted: true,
          written: false,
        });
        await Promise.all(
          Array.from({ length: 500 }, (_, at) =>
            sale
              .ask(cold, block([seatIds.at(-1 - (at % 2))!]))
              .then(() => sale.ask(cold, unblock([seatIds.at(-1 - (at % 2))!]))),
          ),
        );
        await cold.close();
        expect(cold.log[0]).toMatch(/ignored: relation "snapshots" does not exist/);
        expect(cold.log.at(-1)).toMatch(/not saved: relation "snapshots" does not exist/);
      } finally {
        await side.pool.query('alter table snapshots_away rename to snapshots');
      }
    });
  });
});
