import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { maxFunctionLines } from './scripts/lint/function-lines.js';

export default tseslint.config(
  {
    ignores: [
      'dist/',
      '.bench/',
      '.suites/',
      'node_modules/',
      '.data/',
      'coverage/',
      'bench/results/',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    files: ['src/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.ts'],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'Only src/config/config.ts reads the environment.',
        },
        {
          object: 'AbortSignal',
          property: 'any',
          message: 'It leaks on Node 20: use anySignal of src/ports/system/any-signal.ts.',
        },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "ImportDeclaration[source.value='@nestjs/common'] > " +
            "ImportSpecifier[imported.name='Inject']",
          message: 'It takes any type: use the typed Inject of src/commands/shared/inject.ts.',
        },
      ],
    },
  },
  {
    // Limits of size.
    files: ['**/*.{js,ts}'],
    plugins: { boxoffice: { rules: { 'max-function-lines': maxFunctionLines } } },
    rules: {
      'boxoffice/max-function-lines': ['error', 70],
      'max-lines': ['error', 300],
      'max-len': ['error', 100],
      complexity: ['error', 12],
    },
  },
  {
    files: ['src/http/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: 'class-validator',
              importNames: ['IsOptional'],
              message: 'It takes null for nothing sent: use MayBeLeftOut or MayBeNull of rules.ts.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['src/domain/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: 'node:crypto',
              allowImportNames: ['hash'],
              message: 'Randomness comes in the command.',
            },
          ],
        },
      ],
      'no-restricted-globals': [
        'error',
        'process',
        'setTimeout',
        'setInterval',
        'fetch',
        'crypto',
        'performance',
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: "MemberExpression[object.name='Date'][property.name='now']",
          message: 'Time comes in the command.',
        },
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'Time comes in the command.',
        },
        {
          selector: "MemberExpression[object.name='Math'][property.name='random']",
          message: 'Randomness comes in the command.',
        },
      ],
    },
  },
  {
    files: ['src/commands/shared/inject.ts', 'test/**', 'bench/**'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['src/config/config.ts', 'src/config/operator.ts', 'test/**', 'bench/**', 'scripts/**'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: ['web/**/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'window',
          'btoa',
          'document',
          'fetch',
          'EventSource',
          'localStorage',
          'crypto',
          'URL',
          'URLSearchParams',
          'requestAnimationFrame',
          'cancelAnimationFrame',
          'setTimeout',
          'clearTimeout',
          'setInterval',
          'clearInterval',
          'devicePixelRatio',
          'ResizeObserver',
          'location',
          'history',
          'navigator',
          'console',
          'CustomEvent',
          'HTMLElement',
          'AbortController',
          'matchMedia',
          'performance',
          'Intl',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
  {
    files: ['*.js', 'scripts/**/*.js', 'test/**/*.js', 'bench/**/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        ['process', 'URL', 'console', 'fetch', 'setTimeout', 'clearTimeout'].map((name) => [
          name,
          'readonly',
        ]),
      ),
    },
  },
);
