/** `npm run docs`: writes the generated sections of the documentation. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedPages } from './sections.js';

for (const [page, text] of await generatedPages(process.cwd())) {
  writeFileSync(join(process.cwd(), page), text);
  console.log(`written: ${page}`);
}
