import { fontOf } from '../../../src/adapters/ticket/fonts.js';
import { breakIntoLines } from '../../../src/adapters/ticket/text-lines.js';

/** Every character is ten wide. */
const lines = (text: string, maxWidth = 1_000, maxLines = 3): string[] =>
  breakIntoLines(text, 'sans', (part) => Array.from(part).length * 10, maxWidth, maxLines).map(
    (line) => line.map((run) => run.text).join('|'),
  );
const fonts = (text: string) =>
  breakIntoLines(text, 'sans', () => 1, 1_000, 1)[0]!.map(({ text, font }) => [text, font]);

describe('a name on a ticket', () => {
  it('stays as it is where it runs one way in one font', () => {
    expect(lines('Mexico v. South Africa')).toEqual(['Mexico| |v.| |South| |Africa']);
  });

  it('has its words in the order in which a reader from the right meets them', () => {
    expect(lines('שלום עולם')).toEqual(['עולם| |שלום']);
    expect(lines('مهرجان 2026 (القاهرة)')).toEqual([')القاهرة(| |2026| |مهرجان']);
  });

  it.each([
    ['مسرح ١٢', '١٢ حرسم'],
    ['١٢', '١٢'],
    ['صف ١٢٫٥ مقعد ٣٤', '٣٤ دعقم ١٢٫٥ فص'],
    ['ردیف ۱۲', '۱۲ فیدر'],
    ['Row ١٢ left', 'Row ١٢ left'],
    ['١٢ABC', '١٢ABC'],
    ['مسرح 12', '12 حرسم'],
  ])('keeps the order of digits: %s', (text, seen) => {
    const drawn = breakIntoLines(text, 'sans', () => 1, 1_000, 1)[0]!
      .map((run) => fontOf(run.font).layout(run.text).glyphs)
      .flatMap((glyphs) => glyphs.map(({ codePoints }) => String.fromCodePoint(...codePoints)));
    expect(drawn.join('').normalize('NFKC')).toBe(seen);
  });

  it('turns around only the part that runs from the right', () => {
    expect(lines('Live: שלום עולם, Bonn')).toEqual(['Live:| |עולם| |שלום|,| |Bonn']);
  });

  it('is set in another font where the first has no character', () => {
    expect(fonts('Rock 東京')).toEqual([
      ['Rock', 'sans'],
      [' ', 'sans'],
      ['東京', 'every'],
    ]);
  });

  it('breaks at spaces, else anywhere, and ends in an ellipsis', () => {
    const plain = (text: string, width: number, max?: number) =>
      lines(text, width, max).map((line) => line.replaceAll('|', ''));
    expect(plain('one two three', 70)).toEqual(['one two', 'three']);
    expect(plain('onetwothree', 40)).toEqual(['onet', 'woth', 'ree']);
    expect(plain('one two three four', 70, 1)).toEqual(['one tw…']);
    expect(plain('one onetwothre', 50)).toEqual(['one', 'onetw', 'othre']);
    expect(plain('', 50)).toEqual([]);
    expect(plain('WW', 5)).toEqual(['W', 'W']);
  });

  it('never shows what only tells of directions, nor half a character', () => {
    expect(lines('a\u202eb\u0000c\u2066d')).toEqual([expect.stringMatching(/^[abcd|]+$/)]);
    expect(lines('👩‍👩‍👧e\u0301', 10)).toHaveLength(2);
  });
});
