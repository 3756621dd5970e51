import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Where people and machines keep a checkout, a home or temporary files. */
const FOLDERS = ['home', 'root', 'work', 'Users', 'tmp', 'private', 'workspace', 'builds'];
const PATH_OF_A_MACHINE = new RegExp(`"/(${FOLDERS.join('|')})/[^"]*"`, 'g');

const tracked = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0');

it('no stored result holds a path of the machine that it was measured on', () => {
  const results = tracked.filter((file) => /^bench\/results\/.*\.json$/.test(file));
  expect(results.length).toBeGreaterThan(10);
  const found = results.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(PATH_OF_A_MACHINE)].map(([path]) => `${file}: ${path}`),
  );
  expect(found).toEqual([]);
});

it('no tracked file names the checkout that this test runs in', () => {
  const checkout = `${process.cwd()}/`;
  const naming = tracked
    .filter((file) => /\.(ts|js|json|md|ya?ml|html|lua|sh)$/.test(file))
    .filter((file) => readFileSync(file, 'utf8').includes(checkout));
  expect(naming).toEqual([]);
});
