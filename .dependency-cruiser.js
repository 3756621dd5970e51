/** Holds `src` to the import rules (`import-rules.js`) and to imports without circles. */
import { importRules } from './import-rules.js';

const anyOf = (names) => `(${names.map((name) => name.replaceAll('.', '\\.')).join('|')})`;

const MODULE = '\\.module\\.ts$';

const foldersOf = ([folder, { folders }]) => ({
  name: `${folder}-folders`,
  comment: `src/${folder} may import from src only ${[folder, ...folders].join(', ')}.`,
  severity: 'error',
  from: { path: `^src/${folder}/`, pathNot: MODULE },
  to: { path: '^src/', pathNot: `^src/${anyOf([folder, ...folders])}/` },
});

const foldersOfModules = ([folder, { folders, modules = [] }]) => ({
  name: `${folder}-modules`,
  comment: `src/${folder} may import of src only ${[folder, ...folders, ...modules].join(', ')}.`,
  severity: 'error',
  from: { path: `^src/${folder}/.*${MODULE}` },
  to: { path: '^src/', pathNot: `^src/${anyOf([folder, ...folders, ...modules])}/` },
});

const packagesOf = ([folder, { packages }]) => ({
  name: `${folder}-packages`,
  comment: `src/${folder} may import of npm only ${packages.join(', ') || 'nothing'}.`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: {
    dependencyTypes: ['npm', 'npm-dev', 'npm-no-pkg', 'npm-unknown', 'unknown'],
    ...(packages.length > 0 && { pathNot: `^(node_modules/)?(@types/)?${anyOf(packages)}(/|$)` }),
  },
});

const builtinsOf = ([folder, { builtins }]) => ({
  name: `${folder}-builtins`,
  comment: `src/${folder} may import of Node.js only ${builtins.join(', ') || 'nothing'}.`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: {
    dependencyTypes: ['core'],
    ...(builtins.length > 0 && {
      pathNot: `^${anyOf(builtins.map((name) => name.replace('node:', '')))}$`,
    }),
  },
});

const rows = Object.entries(importRules);

export default {
  forbidden: [
    {
      name: 'no-circles',
      comment: 'Files that import each other in a circle cannot be read or tested one by one.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'listed-folders',
      comment: 'Each folder of src has a row in import-rules.js.',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: `^src/${anyOf(Object.keys(importRules))}/` },
      to: {},
    },
    ...rows.map(foldersOf),
    ...rows.map(foldersOfModules),
    ...rows.map(packagesOf),
    ...rows.filter(([, { builtins }]) => builtins !== true).map(builtinsOf),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
