import { highlight } from '../../../src/domain/search/highlight.js';
import { readText, type Closeness } from '../../../src/domain/search/query.js';

describe('What was looked for is marked', () => {
  it.each<[q: string, closeness: Closeness, text: string, html: string | undefined]>([
    ['final', 'exact', 'The Final', 'The <mark>Final</mark>'],
    ['quarter-final', 'exact', 'Quarter-final 2', '<mark>Quarter</mark>-<mark>final</mark> 2'],
    ['quarterfinal', 'exact', 'Quarter-final 2', '<mark>Quarter-final</mark> 2'],
    ['quarterfi', 'exact', 'Quarter-final 2', '<mark>Quarter-final</mark> 2'],
    ['quaterfinal', 'typos', 'Quarter-final 2', '<mark>Quarter-final</mark> 2'],
    ['quaterfinal', 'exact', 'Quarter-final 2', undefined],
    ['quater-final', 'typos', 'Quarter-final 2', '<mark>Quarter</mark>-<mark>final</mark> 2'],
    [
      'mercedezbenz',
      'typos',
      'At the Mercedes-Benz Arena',
      'At the <mark>Mercedes-Benz</mark> Arena',
    ],
    ['att', 'exact', 'AT&T Stadium', '<mark>AT&amp;T</mark> Stadium'],
    ['levis', 'exact', 'Levi’s Stadium', '<mark>Levi’s</mark> Stadium'],
    ['opera', 'exact', 'Quarter-final 2', undefined],
  ])('%s, %s, in %s', (q, closeness, text, html) => {
    expect(highlight(text, readText(q)!, closeness)).toBe(html);
  });
});
