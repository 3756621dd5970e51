import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const PAGES = [
  'README.md',
  ...['docs', 'samples', 'deploy', 'bench', 'test'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
  ),
];
const LINK = /\]\(([^)\s#]*)(?:#([^)\s]+))?\)/g;

/** Returns the anchor that GitHub gives to a heading. */
const anchorOf = (heading: string): string =>
  heading
    .replace(/[`*]/g, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');

const anchorsIn = (page: string): string[] =>
  [...readFileSync(page, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading!));

describe('links between pages of the documentation', () => {
  it.each(PAGES)('%s links only to what exists', (page) => {
    const text = readFileSync(page, 'utf8').replace(/^```[^]*?^```/gm, '');
    const broken = [...text.matchAll(LINK)].flatMap(([link, path, anchor]) => {
      if (path!.includes(':')) return [];
      const target = path === '' ? page : join(dirname(page), path!);
      if (!existsSync(target)) return [link];
      return anchor === undefined || anchorsIn(target).includes(anchor) ? [] : [link];
    });
    expect(broken).toEqual([]);
  });
});
