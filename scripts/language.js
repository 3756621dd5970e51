/**
 * `npm run language`: finds words that the style guide rules out, in comments and texts of the code
 * and in the documentation. Identifiers and code spans are not read. Exits with 1 when it finds
 * one.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '..');
/** Stored data, results and these rules themselves. */
const LEFT_OUT = /^(bench\/results|test\/fixtures|samples|node_modules|scripts\/language\.js)/;

/** Wrong in any sense. */
const WRONG = [
  /\bwho(m?)ever\b/i,
  /\banew\b/i,
  /\bunless told\b/i,
  /\b(is|are|was|were|be) had\b/i,
  /\bcomes? about\b/i,
  /\bthaw(s|ed|ing)?\b/i,
  /\b(strike|struck|strikes|striking) through\b/i,
  /\bgremlins?\b/i,
  /\bunrolling\b/i,
  /\bout of reach\b/i,
  /\bwish(es|ed)?\b/i,
  /\bsome work first\b/i,
  /\b(has|have|had) had (its|their|his|her) turn\b/i,
  /\btells? the log\b/i,
];
const DOC_START = /^\/\*\*[\s*]*(What|Who|Whom|Whoever|Of|That)\b/;

const tracked = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' })
  .split('\n')
  .filter((file) => file && !LEFT_OUT.test(file));

const findings = [];

function check(file, text, firstLine) {
  for (const [index, line] of text.split('\n').entries()) {
    for (const pattern of WRONG) {
      const [found] = pattern.exec(line) ?? [];
      if (found) findings.push(`${file}:${firstLine + index}: "${found}" in: ${line.trim()}`);
    }
  }
}

const withoutSpans = (text) => text.replace(/`[^`\n]*`/g, (span) => ' '.repeat(span.length));
const blank = (text) => text.replace(/[^\n]/g, ' ');

function checkMarkdown(file, text) {
  check(file, withoutSpans(text.replace(/^```[\s\S]*?^```/gm, blank)), 1);
}

const TEXTS = new Set([
  ts.SyntaxKind.StringLiteral,
  ts.SyntaxKind.NoSubstitutionTemplateLiteral,
  ts.SyntaxKind.TemplateHead,
  ts.SyntaxKind.TemplateMiddle,
  ts.SyntaxKind.TemplateTail,
]);

function checkCode(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const lineOf = (position) => source.getLineAndCharacterOfPosition(position).line + 1;
  const seen = new Set();
  const comment = ({ pos, end }) => {
    if (seen.has(pos)) return;
    seen.add(pos);
    const found = text.slice(pos, end);
    const [start] = DOC_START.exec(found) ?? [];
    if (start) findings.push(`${file}:${lineOf(pos)}: doc comment begins with ${start.slice(3)}`);
    check(file, withoutSpans(found), lineOf(pos));
  };
  const visit = (node) => {
    for (const range of ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []) comment(range);
    for (const range of ts.getTrailingCommentRanges(text, node.getEnd()) ?? []) comment(range);
    if (TEXTS.has(node.kind))
      check(file, withoutSpans(node.getText(source)), lineOf(node.getStart()));
    for (const child of node.getChildren(source)) visit(child);
  };
  visit(source);
}

for (const file of tracked) {
  const text = readFileSync(join(ROOT, file), 'utf8');
  if (/\.(ts|js|mjs)$/.test(file)) checkCode(file, text);
  else if (/\.(md|html|ya?ml|css)$/.test(file)) checkMarkdown(file, text);
}
for (const finding of findings) console.log(finding);
console.log(`${findings.length} findings in ${tracked.length} files`);
process.exitCode = findings.length > 0 ? 1 : 0;
