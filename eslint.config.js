// What the linter forbids: strict types, no circles, and the house rules of who may import whom.
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

const typescript = ['**/*.ts', '**/*.tsx'];

/** Outsiders of the engine: they enter by its door. */
const engineDoor = { regex: '(^|/)engine/(?!index\\.ts$)', message: 'Enter the engine through engine/index.ts.' };
const adapters = { regex: '/(stores|queues)/', message: 'Only the composition roots name an adapter: server/main.ts, maintenance.ts, migration.ts and server/compose.' };
const drivers = { group: ['better-sqlite3', 'mongoose', 'mongodb', 'bullmq', 'ioredis'], message: 'A driver is known to its adapter only.' };
const routes = { regex: '/http/(?!contract)', message: 'Only http/contract is for others.' };

const patterns = (...list) => ['error', { patterns: list }];
const forbidden = (names, message) => names.map((name) => ({ name, message }));

const PURE = 'The engine is pure: it gets facts and gives events.';
const IN_TIME = 'Only engine/time uses Date and Intl, with an explicit zone.';
const environment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'Only server/config.ts reads the environment.',
};
const defaultExport = { selector: 'ExportDefaultDeclaration', message: 'Export by name: a thing has one name in the whole house.' };
const everything = { selector: 'ExportAllDeclaration', message: 'No barrels: import from the file that owns it.' };
const locale = { selector: 'MemberExpression[property.name=/^(toLocale[A-Z].*|localeCompare)$/]', message: IN_TIME };

const pureGlobals = forbidden(['console', 'process', 'performance', 'crypto', 'fetch', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'], PURE);
const timeGlobals = forbidden(['Date', 'Intl', 'Temporal'], IN_TIME);

export default tseslint.config(
  { ignores: ['node_modules/**', 'dist/**', '**/dist/**', 'coverage/**', '.artefacts/**', '.data/**', 'data/**', '**/*.d.mts'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: typescript,
    extends: [tseslint.configs.strictTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: {
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.tsx', '.js', '.json'] })],
      'import-x/extensions': ['.ts', '.tsx'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts', '.tsx'] },
    },
    rules: {
      // tests/architecture finds circles of types as well; this one shows circles of values while typing.
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // A number in a message is what a reader expects of it; objects and null stay forbidden.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // noUncheckedIndexedAccess makes every index possibly absent: after a check, `!` says so, where `?? something` would invent a value.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // `while (true)` is how a work list says that it ends from inside.
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: 'only-allowed-literals' }],
      // A leading underscore says "must be here, is not read": interfaces and tuples need it.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' }],
      // `() => store.close()` and `return visit(child)` in a function that gives nothing back hide nothing.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true }],
      // Ports are async by promise; the embedded adapters keep it without awaiting anything.
      '@typescript-eslint/require-await': 'off',
      eqeqeq: 'error',
      'no-restricted-syntax': ['error', environment, defaultExport, everything],
    },
  },
  {
    files: ['engine/**', 'server/**', 'desk/**', 'designer/**'],
    ignores: ['**/*.d.ts'],
    rules: { 'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }] },
  },
  {
    files: ['engine/**/*.ts'],
    rules: {
      'no-restricted-imports': patterns(
        { group: ['node:*'], message: PURE },
        { regex: '(^|/)(server|desk|designer|bench|tests)/', message: 'The engine knows nothing outside engine/.' },
      ),
      'no-restricted-globals': ['error', ...pureGlobals, ...timeGlobals],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: PURE }],
      'no-restricted-syntax': ['error', environment, defaultExport, everything, locale],
    },
  },
  {
    files: ['engine/time/**/*.ts'],
    rules: { 'no-restricted-globals': ['error', ...pureGlobals], 'no-restricted-syntax': ['error', environment, defaultExport, everything] },
  },
  { files: ['server/**/*.ts', 'bench/**/*.ts'], rules: { 'no-restricted-imports': patterns(engineDoor, adapters, drivers) } },
  {
    files: ['server/*/**/*.ts'],
    ignores: ['server/http/**', 'server/cli/**', 'server/stores/**', 'server/queues/**'],
    rules: { 'no-restricted-imports': patterns(engineDoor, adapters, drivers, routes) },
  },
  {
    files: ['server/stores/**/*.ts', 'server/queues/**/*.ts'],
    rules: { 'no-restricted-imports': patterns(engineDoor, { regex: '/(runtime|http)/', message: 'An adapter knows only its port and its driver.' }) },
  },
  {
    files: ['desk/**', 'designer/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': patterns(
        engineDoor,
        { regex: '/server/(?!http/contract)', message: 'Pages know only the types of server/http/contract.' },
        { regex: '/server/http/contract', message: 'Import types only.', allowTypeImports: true },
      ),
    },
  },
  { files: ['server/main.ts', 'server/maintenance.ts', 'server/migration.ts', 'server/compose/**/*.ts', 'bench/**/*.ts'], rules: { 'no-restricted-imports': patterns(engineDoor) } },
  { files: ['server/config.ts', 'bench/**/*.ts'], rules: { 'no-restricted-syntax': ['error', defaultExport, everything] } },
  {
    files: ['tests/**/*.ts'],
    rules: {
      // chai states its expectations as properties: expect(x).to.be.empty
      '@typescript-eslint/no-unused-expressions': 'off',
      'no-restricted-syntax': ['error', everything],
    },
  },
  { files: ['**/*.config.ts', '**/*.d.ts', 'tests/support/reporter.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['bin/**/*.mjs', 'bin/piton', '*.js'],
    extends: [tseslint.configs.recommended],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', setInterval: 'readonly', clearInterval: 'readonly', setTimeout: 'readonly', clearTimeout: 'readonly', URL: 'readonly' } },
    rules: { 'no-undef': 'error', eqeqeq: 'error', '@typescript-eslint/no-unused-expressions': 'off', '@typescript-eslint/no-unused-vars': ['error', { caughtErrors: 'none' }] },
  },
);
