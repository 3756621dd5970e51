import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { table } from './tables.js';

interface Row {
  readonly folders: readonly string[];
  readonly packages: readonly string[];
}

/** Returns the table of what each folder of `src` may import, from `import-rules.js`. */
export async function importsTable(): Promise<string> {
  const file = pathToFileURL(resolve('import-rules.js')).href;
  const { importRules } = (await import(file)) as { importRules: Record<string, Row> };
  const rows = Object.entries(importRules).map(([folder, { folders, packages }]) => [
    `\`${folder}\``,
    folders.map((name) => `\`${name}\``).join(', ') || 'nothing',
    String(packages.length),
  ]);
  return table(['folder of `src`', 'may import', 'npm packages'], rows);
}
