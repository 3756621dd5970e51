import { FOREIGN_KEYS, found, openAuditedLog, type AuditedLog } from './verify.fixture.js';

describe('verification of the log', () => {
  let audited: AuditedLog;
  beforeAll(async () => {
    audited = await openAuditedLog();
  });
  afterAll(() => audited?.close());

  it('reports an unaltered log as intact', async () => {
    expect(await audited.verify(await audited.signedHeads.list(0, 10))).toEqual({
      ...{ intact: true, findings: [], unchained: 0 },
      ...{ domainEvents: 11, streams: 3, checkpoints: 2 },
    });
  });

  it('names the domain event of any altered byte', async () => {
    const { rows } = await audited.client.query<{ data: string; metadata: string }>(
      `select data, metadata from domain_events where stream = 'payment-1' and revision = 1`,
    );
    for (const column of ['data', 'metadata'] as const) {
      const text = rows[0]![column];
      for (let at = 0; at < text.length; at++) {
        const other = text[at] === ' ' ? '_' : ' ';
        const verdict = await audited.after([
          `update domain_events set ${column} = overlay(${column} placing $1 from $2 for 1)
           where stream = 'payment-1' and revision = 1`,
          other,
          at + 1,
        ]);
        expect([column, at, verdict.findings[0]]).toMatchObject([
          column,
          at,
          {
            stream: 'payment-1',
            revision: 1,
            problem: expect.stringMatching(/^(altered|unchained)$/),
          },
        ]);
      }
    }
  });

  it('finds altered bytes that do not change the meaning', async () => {
    const verdict = await audited.after([
      `update domain_events set data = replace(data, '\\u001f', '\\u001F')
       where stream = 'payment-1' and revision = 3`,
    ]);
    expect(found(verdict)).toEqual(['altered payment-1 3']);
  });

  it.each([
    ['type', `type = 'SeatsUnblocked'`],
    ['id', `id = '00000000-0000-4000-8000-00000000ffff'`],
    ['data', `data = replace(data, 'A-1', 'A-9')`],
  ])(
    'an altered %s, at the end of a stream, behind it and where nothing is signed yet',
    async (_, change) => {
      const alter = (stream: string, revision: number) =>
        audited.after([
          `update domain_events set ${change}
           where stream = '${stream}' and revision = ${revision}`,
        ]);
      expect(found(await alter('payment-1', 4))).toEqual(['altered payment-1 4']);
      expect(found(await alter('payment-2', 0))).toEqual(['altered payment-2 0']);
      expect(found(await alter('payment-1', 0))).toEqual(['altered payment-1 0']);
      expect(found(await alter('payment-1', 2))).toEqual(['altered payment-1 2']);
      expect(found(await alter('payment-3', 2))).toEqual(['altered payment-3 2']);
      expect(found(await alter('payment-3', 3))).toEqual(['altered payment-3 3']);
    },
  );

  it('finds an altered recorded time', async () => {
    const verdict = await audited.after([
      `update domain_events set recorded_at = recorded_at - interval '1 microsecond'
       where stream = 'payment-1' and revision = 1`,
    ]);
    expect(found(verdict)).toEqual(['time-altered payment-1 2']);
  });

  it('finds a removed domain event and a removed stream', async () => {
    const remove = (where: string) => audited.after([`delete from domain_events where ${where}`]);
    expect(found(await remove(`stream = 'payment-1' and revision = 1`))[0]).toBe(
      'missing payment-1 1',
    );
    expect(found(await remove(`stream = 'payment-1' and revision = 0`))[0]).toBe(
      'missing payment-1 0',
    );
    expect(found(await remove(`stream = 'payment-1' and revision = 4`))).toEqual([
      'removed payment-1 4',
    ]);
    expect(found(await remove(`stream = 'payment-1' and revision > 1`))).toEqual([
      'removed payment-1 2',
    ]);
    expect(found(await remove(`stream = 'payment-2'`))).toEqual(['removed payment-2 0']);
  });

  it('finds a removed domain event whose successors were renumbered', async () => {
    const verdict = await audited.after(
      [`delete from domain_events where stream = 'payment-1' and revision = 1`],
      [
        `update domain_events set revision = revision - 1
         where stream = 'payment-1' and revision = 2`,
      ],
      [
        `update domain_events set revision = revision - 1
         where stream = 'payment-1' and revision = 3`,
      ],
      [
        `update domain_events set revision = revision - 1
         where stream = 'payment-1' and revision = 4`,
      ],
    );
    expect(verdict.findings[0]).toMatchObject({ stream: 'payment-1', revision: 1 });
  });

  it('finds an inserted domain event', async () => {
    const put = (stream: string, revision: number) =>
      audited.after([
        `insert into domain_events (stream, revision, id, type, data, metadata)
         select stream, ${revision}, gen_random_uuid(), type, data, '{"schemaVersion":1}'
         from domain_events
         where stream = '${stream}' and revision = 0`,
      ]);
    expect(found(await put('payment-1', 5))).toEqual(['unchained payment-1 5']);
    expect(found(await put('payment-2', 1))).toEqual(['unchained payment-2 1']);
    const copied = await audited.after([
      `insert into domain_events (stream, revision, id, type, data, metadata)
       select stream, 5, gen_random_uuid(), type, data, metadata from domain_events
       where stream = 'payment-1' and revision = 4`,
    ]);
    expect(copied.intact).toBe(false);
  });

  it('finds two swapped domain events', async () => {
    const verdict = await audited.after(
      [`update domain_events set revision = 99 where stream = 'payment-1' and revision = 1`],
      [`update domain_events set revision = 1 where stream = 'payment-1' and revision = 2`],
      [`update domain_events set revision = 2 where stream = 'payment-1' and revision = 99`],
    );
    expect(verdict.findings[0]).toMatchObject({
      stream: 'payment-1',
      revision: 1,
      problem: 'altered',
    });
  });

  it('finds altered, forged and removed signed heads', async () => {
    expect(
      found(
        await audited.after([
          `update audit_heads set revision = 1 where stream = 'payment-1' and checkpoint = 1`,
        ]),
      ),
    ).toContain('checkpoint-heads-altered 1');
    expect(
      found(
        await audited.after([
          `update audit_checkpoints set document = replace(document, '1970', '1971')
           where number = 1`,
        ]),
      ),
    ).toEqual(['checkpoint-unsigned 1', 'checkpoint-missing 2']);
    expect(
      found(
        await audited.after(
          [`delete from audit_heads where checkpoint = 1`],
          [`delete from audit_checkpoints where number = 1`],
        ),
      ),
    ).toContain('checkpoint-missing 1');
    expect(found(await audited.verify([], FOREIGN_KEYS))).toEqual([
      'checkpoint-unsigned 1',
      'checkpoint-unsigned 2',
    ]);
  });

  it('needs a copy to find a removed newest signed head with its domain events', async () => {
    const kept = await audited.signedHeads.list(0, 10);
    await audited.client.query('begin');
    await audited.client.query(`delete from audit_heads where checkpoint = 2`);
    await audited.client.query(`delete from audit_checkpoints where number = 2`);
    await audited.client.query(`
      delete from domain_events where stream = 'payment-1' and revision > 2`);
    expect((await audited.verify()).intact).toBe(true);
    expect(found(await audited.verify(kept))).toEqual(['checkpoint-missing 2']);
    await audited.client.query('rollback');
  });
});
