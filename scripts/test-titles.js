/**
 * Compares the titles of the tests with those of another commit:
 *
 *   node scripts/test-titles.js --against COMMIT [--all]
 *
 * Prints the number of tests of each kind on both sides and lists the tests that moved to another
 * kind. --all also lists what is gone and new. Titles are read from the sources: a table of `each`
 * is one test. A title without its equal is paired with one of the same last part, else of the same
 * describe block, else of the most words in common: it was reworded.
 */
import { execFileSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '..');
const KINDS = { figures: /^test\/figures\//, services: /^test\/services\//, suites: /^test\// };
const SOURCE = /\.(test|figure|contract|suite|browser)\.(ts|js)$/;

const git = (...args) =>
  execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 28 });

const kindOf = (file) => Object.keys(KINDS).find((kind) => KINDS[kind].test(file));

/** Returns `it` for `it(…)`, `it.each(…)(…)` and the like. */
function calleeOf(node) {
  let callee = node.expression;
  while (!ts.isIdentifier(callee)) {
    if (!callee.expression && !callee.tag) return undefined;
    callee = callee.expression ?? callee.tag;
  }
  return callee.text;
}

/** @returns {{ file: string, kind: string, block: string, leaf: string, title: string }[]} */
function titlesIn(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found = [];
  const textOf = (node) => (ts.isStringLiteralLike(node) ? node.text : node.getText(source));
  const visit = (node, chain) => {
    const isTitled = ts.isCallExpression(node) && node.arguments.length > 1;
    const callee = isTitled ? calleeOf(node) : undefined;
    let inner = chain;
    if (callee?.startsWith('describe')) inner = [...chain, textOf(node.arguments[0])];
    else if (callee === 'it' || callee === 'test') {
      const block = chain.join(' › ');
      const title = [block, textOf(node.arguments[0])].join(' › ');
      const leaf = textOf(node.arguments[0]);
      found.push({ file, kind: kindOf(file), block: basename(file) + block, leaf, title });
    }
    ts.forEachChild(node, (child) => visit(child, inner));
  };
  visit(source, []);
  return found;
}

function titlesOf(commit) {
  const files = git('ls-tree', '-r', '--name-only', commit, 'test').trim().split('\n');
  const sources = files.filter((file) => SOURCE.test(file));
  return sources.flatMap((file) => titlesIn(file, git('show', `${commit}:${file}`)));
}

/** Pairs the tests that are equal by `keyOf`. @returns the unpaired ones of both sides */
function pair(before, after, keyOf, pairs) {
  const waiting = new Map();
  for (const test of after) {
    const key = keyOf(test);
    waiting.set(key, [...(waiting.get(key) ?? []), test]);
  }
  const gone = before.filter((test) => {
    const match = waiting.get(keyOf(test))?.shift();
    if (match) pairs.push([test, match]);
    return !match;
  });
  return [gone, [...waiting.values()].flat()];
}

/** Smallest share of words in common. */
const MIN_SIMILARITY = 0.3;
const wordsOf = ({ title }) => new Set(title.toLowerCase().match(/[a-z0-9]{3,}/g));
const similarity = (one, other) =>
  [...one].filter((word) => other.has(word)).length / Math.max(one.size, other.size, 1);

/** Pairs each old test with the most similar new one. @returns the unpaired ones */
function pairSimilar(before, after, pairs) {
  const waiting = after.map((test) => ({ test, words: wordsOf(test) }));
  const gone = before.filter((test) => {
    const words = wordsOf(test);
    const scores = waiting.map((other) => similarity(words, other.words));
    const best = Math.max(0, ...scores);
    if (best < MIN_SIMILARITY) return true;
    pairs.push([test, waiting.splice(scores.indexOf(best), 1)[0].test]);
    return false;
  });
  return [gone, waiting.map(({ test }) => test)];
}

function list(heading, tests, lineOf) {
  console.log(`\n${heading}: ${tests.length}`);
  for (const test of tests) console.log(`  ${lineOf(test)}`);
}

const options = { against: { type: 'string' }, all: { type: 'boolean' } };
const { against, all } = parseArgs({ options }).values;
if (!against) throw new Error('Usage: node scripts/test-titles.js --against COMMIT [--all]');
const before = titlesOf(against);
const after = titlesOf('HEAD');
for (const kind of Object.keys(KINDS)) {
  const count = (tests) => tests.filter((test) => test.kind === kind).length;
  console.log(`${kind}: ${count(before)} → ${count(after)}`);
}
const pairs = [];
let rest = [before, after];
const keys = [({ title }) => title, ({ leaf }) => leaf, ({ block }) => block];
for (const keyOf of keys) rest = pair(...rest, keyOf, pairs);
const [gone, added] = pairSimilar(...rest, pairs);
console.log(`reworded: ${pairs.filter(([old, now]) => old.title !== now.title).length}`);
const moved = pairs.filter(([old, now]) => old.kind !== now.kind);
list('moved to another kind', moved, ([old, now]) => `${old.file} → ${now.file}: ${now.title}`);
if (all) {
  list('gone', gone, ({ file, title }) => `${file}: ${title}`);
  list('new', added, ({ file, title }) => `${file}: ${title}`);
} else console.log(`\n${gone.length} gone and ${added.length} new by name: --all lists them.`);
