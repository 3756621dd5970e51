import 'reflect-metadata';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkColumns, fromCells, readEventRecord } from '../../src/cli/import/event-record.js';
import {
  MAX_RECORD_BYTES,
  MAX_RECORD_LINES,
  readCsv,
  readJsonLines,
} from '../../src/cli/import/read-records.js';
import type { FileRecord } from '../../src/cli/import/file-record.js';

const SAMPLES = join(import.meta.dirname, '../../samples');
const venue = (name: string) => ({ venueId: `id of ${name}`.replaceAll(' ', '-') });

async function all(records: AsyncIterable<FileRecord>): Promise<FileRecord[]> {
  const seen: FileRecord[] = [];
  for await (const record of records) seen.push(record);
  return seen;
}
const valueOf = ({ content }: FileRecord) => ('value' in content ? content.value : content);

describe('The sample programme', () => {
  it('says the same as CSV and as JSON lines, and all of it can be taken', async () => {
    const csv = (await all(readCsv(join(SAMPLES, 'programme.csv'), checkColumns)))
      .map((record) => fromCells(valueOf(record) as Record<string, string>))
      .map((value) => readEventRecord(value, venue));
    const json = (await all(readJsonLines(join(SAMPLES, 'programme.jsonl')))).map((record) =>
      readEventRecord(valueOf(record), venue),
    );
    expect(csv).toEqual(json);
    expect(csv.length).toBeGreaterThan(3);
    for (const read of csv) expect(read).toHaveProperty('body');
  });
});

describe('A file to import', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'boxoffice-records-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));
  const file = async (content: string | Buffer) => {
    const path = join(directory, 'records');
    await writeFile(path, content);
    return path;
  };
  const linesOf = (records: readonly FileRecord[]) =>
    records.map(({ line, content }) => [line, 'value' in content ? 'fine' : content.problem]);

  it(
    'of JSON lines is read line by line, ' + 'however its chunks are cut, and told how far',
    async () => {
      const long = 'é'.repeat(100_000);
      const text = `\ufeff{"a":1}\r\n\n"${long}"\n{\n"last"`;
      const records = await all(readJsonLines(await file(text)));
      expect(linesOf(records)).toEqual([
        [1, 'fine'],
        [3, 'fine'],
        [4, 'is not JSON'],
        [5, 'fine'],
      ]);
      expect(valueOf(records[1]!)).toBe(long);
      expect(records.at(-1)!.bytes).toBe(Buffer.byteLength(text));
      expect(await all(readJsonLines(await file('')))).toEqual([]);
    },
  );

  it('may have records of so many bytes and not one more', async () => {
    const exactly = `"${'x'.repeat(MAX_RECORD_BYTES - 2)}"`;
    const records = await all(readJsonLines(await file(`${exactly}\n"x${exactly.slice(1)}\n1`)));
    expect(linesOf(records)).toEqual([
      [1, 'fine'],
      [2, `has more than ${MAX_RECORD_BYTES} bytes`],
      [3, 'fine'],
    ]);
  });

  const outOfPlace = (cell: number) =>
    `is not CSV: quotation mark out of place in cell ${cell}; write "" for one inside a ` +
    'quoted cell';

  it('of CSV goes on behind a record that is none', async () => {
    const text = Buffer.concat([
      Buffer.from('a,b\r\n1,2\r\n3\r\n"4"x,5\r\n6,"7\r\n8 ""quoted"""\r\n\r\n9,'),
      Buffer.from([0xff]),
      Buffer.from('\r\n10,11\r\n12,never "closed\r\n13,14\r\n15,"nor this\r\n16,17'),
    ]);
    const records = await all(readCsv(await file(text), (names) => names));
    expect(linesOf(records)).toEqual([
      [2, 'fine'],
      [3, 'fine'],
      [4, outOfPlace(1)],
      [5, 'fine'],
      [8, 'is not UTF-8: save the file as "CSV UTF-8"'],
      [9, 'fine'],
      [10, outOfPlace(2)],
      [11, 'fine'],
      [12, outOfPlace(2)],
      [13, 'fine'],
    ]);
    expect(records.map(valueOf).filter((value) => 'a' in (value as object))).toEqual([
      { a: '1', b: '2' },
      { a: '3', b: '' },
      { a: '6', b: '7\n8 "quoted"' },
      { a: '10', b: '11' },
      { a: '13', b: '14' },
      { a: '16', b: '17' },
    ]);
    expect(records.at(-1)!.bytes).toBe(text.length);
  });

  it('of CSV looks only so far for the end of a cell', async () => {
    const cells = (lines: number) => `1,"${'x\n'.repeat(lines - 1)}"\n`;
    const read = async (text: string) =>
      linesOf(await all(readCsv(await file(`a,b\n${text}`), (names) => names)));
    expect(await read(cells(MAX_RECORD_LINES))).toEqual([[2, 'fine']]);
    const tooFar = await read(cells(MAX_RECORD_LINES + 1));
    expect(tooFar[0]).toEqual([2, outOfPlace(2)]);
    expect(tooFar).toHaveLength(MAX_RECORD_LINES + 1);
  });

  it.each([
    ['Stalls:4500:EUR', [{ category: 'Stalls', amountMinor: 4500, currency: 'EUR' }]],
    [
      'Row 1: best:1:EUR | Accessible:0:EUR:by-request',
      [
        { category: 'Row 1: best', amountMinor: 1, currency: 'EUR' },
        { category: 'Accessible', amountMinor: 0, currency: 'EUR', byRequest: true },
      ],
    ],
    ['Stalls:45.00:eur', [{ category: 'Stalls', amountMinor: 4500, currency: 'EUR' }]],
    ['Stalls:45,50:EUR', [{ category: 'Stalls', amountMinor: 4550, currency: 'EUR' }]],
    ['Stalls:4500:jpy', [{ category: 'Stalls', amountMinor: 4500, currency: 'JPY' }]],
    ['Stalls:1.250:KWD', [{ category: 'Stalls', amountMinor: 1250, currency: 'KWD' }]],
    ['Stalls:45.5:EUR', ['Stalls:45.5:EUR']],
    ['Stalls:1.000:EUR', ['Stalls:1.000:EUR']],
  ])('has prices such as %s', (cell, prices) =>
    expect(fromCells({ prices: cell })).toEqual({ prices }),
  );

  describe('of CSV as spreadsheets save it', () => {
    const NAMES = ['externalId', 'name', 'venue', 'startsAt', 'description', 'prices'];
    const ROW = [
      'c-1',
      'Nuit; blanche',
      'Hall',
      '2099-03-28T19:30:00Z',
      'one, "two"',
      'Stalls:45.00:eur',
    ];
    const table = (delimiter: string, rows: readonly string[][], end = '\r\n') =>
      rows
        .map((cells) =>
          cells
            .map((cell) => (cell === '' ? '' : `"${cell.replaceAll('"', '""')}"`))
            .join(delimiter),
        )
        .join(end) + end;
    const bodiesOf = async (content: string | Buffer) =>
      (await all(readCsv(await file(content), checkColumns))).map(({ content: read }) =>
        'problem' in read
          ? read.problem
          : readEventRecord(fromCells(read.value as Record<string, string>), venue, read.cellOf),
      );

    it.each<[string, string | Buffer]>([
      ['with commas', table(',', [NAMES, ROW])],
      ['with semicolons and a byte order mark', `\ufeff${table(';', [NAMES, ROW])}`],
      ['with tabs', table('\t', [NAMES, ROW])],
      ['with a line that names the delimiter', `\ufeffsep=;\r\n${table(';', [NAMES, ROW])}`],
      ['with that line saved once more', `"sep=,",,,,,\r\n${table(',', [NAMES, ROW])}`],
      [
        'with empty columns at the end',
        table(
          ',',
          [NAMES, ROW].map((cells) => [...cells, '', '']),
        ),
      ],
      [
        'with empty rows',
        table(',', [NAMES.map(() => ''), NAMES, ROW, ROW.map(() => ''), ROW.map(() => '')]),
      ],
      ['with names in other capitals', table(',', [NAMES.map((name) => name.toUpperCase()), ROW])],
      ['with carriage returns alone', table(',', [NAMES, ROW], '\r')],
      ['as Unicode text', Buffer.from(`\ufeff${table('\t', [NAMES, ROW])}`, 'utf16le')],
      ['by an old Mac, decomposed', table(',', [NAMES, ROW]).normalize('NFD')],
    ])('%s, is taken', async (_what, content) => {
      expect(await bodiesOf(content)).toEqual([
        {
          body: expect.objectContaining({
            externalId: 'c-1',
            name: 'Nuit; blanche',
            description: 'one, "two"',
            prices: [{ category: 'Stalls', amountMinor: 4500, currency: 'EUR' }],
          }),
        },
      ]);
    });

    it('is compared in one form of its letters', async () => {
      const decomposed = ROW.with(1, 'Soirée'.normalize('NFD'));
      const [read] = await bodiesOf(table(',', [NAMES, decomposed]));
      expect(read).toMatchObject({ body: { name: 'Soirée'.normalize('NFC') } });
    });

    it.each<[string, string[][], RegExp]>([
      [
        'a price with half its decimals',
        [ROW.with(5, 'Stalls:45.5:EUR')],
        /^cell F2 \(prices entry 1\) is not a price: write .*45\.00/,
      ],
      [
        'a time without an offset',
        [ROW, ROW.with(0, 'c-2').with(3, '28/03/2099')],
        /^cell D3 \(startsAt\) must be a time in ISO 8601/,
      ],
      [
        'text beside the table',
        [[...ROW, 'note']],
        /^cell G2 is in a column without a name: name the column in row 1/,
      ],
    ])('refuses %s by its cell', async (_what, rows, message) => {
      const read = (await bodiesOf(table(',', [NAMES, ...rows]))).at(-1)!;
      expect(typeof read === 'string' ? read : (read as { problem: string }).problem).toMatch(
        message,
      );
    });

    it.each(['', '\ufeff', '\r\n\r\n', ',,,\r\n'])(
      'refuses an empty file (%j) in words',
      async (content) => {
        await expect(bodiesOf(content)).rejects.toThrow(
          /^The file is empty or no CSV. Name the columns in its first line/,
        );
      },
    );
  });
});
