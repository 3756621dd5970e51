import { problemKind, PROBLEMS, type ProblemCode } from './problem-table.js';

const codes = Object.keys(PROBLEMS) as ProblemCode[];

/** The table of refusals in Markdown, as it stands in `docs/http-api.md`. */
export function problemsTable(): string {
  const rows = codes.map((code) => {
    const { status, detail, carries = [], retryAfter } = problemKind(code);
    const more = [
      ...carries.map((name) => `\`${name}\``),
      ...(retryAfter === undefined ? [] : [`\`Retry-After: ${retryAfter}\``]),
    ];
    return `| ${status} | \`${code}\` | ${detail} | ${more.join(', ')} |`;
  });
  return ['| status | code | what to do | carries |', '|---|---|---|---|', ...rows].join('\n');
}

/** What `type` of a refusal leads to: one page, an anchor for each code. */
export function problemsPage(): string {
  const sections = codes.map((code) => {
    const { status, title, detail } = problemKind(code);
    return `<h2 id="${code}">${escaped(title)}</h2><p><code>${code}</code>, ${status}</p><p>${escaped(detail)}</p>`;
  });
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Refusals</title><h1>Refusals</h1>${sections.join('')}</html>`;
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
