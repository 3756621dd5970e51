import { problemKind, PROBLEMS, type ProblemCode } from './table/problem-table.js';

const codes = Object.keys(PROBLEMS) as ProblemCode[];

/** Returns the table of problems in Markdown, for the documentation. */
export function problemsTable(): string {
  const rows = codes.map((code) => {
    const { status, title, detail, carries = [], retryAfter } = problemKind(code);
    const more = [
      ...carries.map((name) => `\`${name}\``),
      ...(retryAfter === undefined ? [] : [`\`Retry-After: ${retryAfter}\``]),
    ];
    return `| ${status} | \`${code}\` | ${title} | ${detail} | ${more.join(', ')} |`;
  });
  const head = ['| status | code | title | detail | carries |', '|---|---|---|---|---|'];
  return [...head, ...rows].join('\n');
}

/** Returns the page that `type` of a problem links to, with an anchor for each code. */
export function problemsPage(): string {
  const sections = codes.map((code) => {
    const { status, title, detail } = problemKind(code);
    return [
      `<h2 id="${code}">${escaped(title)}</h2>`,
      `<p><code>${code}</code>, ${status}</p>`,
      `<p>${escaped(detail)}</p>`,
    ].join('');
  });
  const head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Problems</title>';
  return `${head}<h1>Problems</h1>${sections.join('')}</html>`;
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
