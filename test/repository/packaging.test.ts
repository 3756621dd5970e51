import { readFileSync, readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';

const root = process.cwd();
const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>;
};
interface Locked {
  version: string;
  optionalDependencies?: Record<string, string>;
}
const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, Locked>;
};

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

/** Packages that a file needs when it runs: types are gone by then. */
function imported(file: string): string[] {
  const text = readFileSync(file, 'utf8').replace(/import type [^;]*;/g, '');
  return [...text.matchAll(/(?:from|import\()\s*'([^.'\s][^'\s]*)'/g)]
    .map(([, name]) =>
      name!
        .split('/')
        .slice(0, name!.startsWith('@') ? 2 : 1)
        .join('/'),
    )
    .filter((name) => !name.startsWith('node:') && !builtinModules.includes(name));
}

it('every package that the product imports is installed in production too', () => {
  const needed = new Set(sourceFiles(join(root, 'src')).flatMap(imported));
  expect(needed.size).toBeGreaterThan(10);
  expect([...needed].filter((name) => !(name in dependencies))).toEqual([]);
});

it('the lock file has the optional packages of every platform, as `npm ci` requires', () => {
  const wanted = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
    Object.keys(optionalDependencies),
  );
  const known = new Set(Object.keys(packages).map((path) => path.split('node_modules/').at(-1)));
  expect(wanted.length).toBeGreaterThan(10);
  expect(wanted.filter((name) => !known.has(name))).toEqual([]);
});
