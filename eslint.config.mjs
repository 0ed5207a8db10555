import nx from '@nx/eslint-plugin';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** Who may import whom: app → adapter, domain, contract, util; adapter and domain → contract, util (an adapter → domain too). */
const arrows = [
  { sourceTag: 'type:contract', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'type:util', onlyDependOnLibsWithTags: ['type:contract', 'type:util'] },
  { sourceTag: 'type:domain', onlyDependOnLibsWithTags: ['type:contract', 'type:util'] },
  { sourceTag: 'type:adapter', onlyDependOnLibsWithTags: ['type:contract', 'type:domain', 'type:util'] },
  { sourceTag: 'type:service', onlyDependOnLibsWithTags: ['type:contract', 'type:adapter', 'type:util'] },
  {
    sourceTag: 'type:feature',
    onlyDependOnLibsWithTags: ['type:contract', 'type:adapter', 'type:domain', 'type:service', 'type:util'],
  },
  { sourceTag: 'type:client', onlyDependOnLibsWithTags: ['type:contract', 'type:util'] },
  {
    sourceTag: 'type:app',
    onlyDependOnLibsWithTags: [
      'type:contract',
      'type:adapter',
      'type:domain',
      'type:service',
      'type:feature',
      'type:client',
      'type:util',
    ],
  },
  {
    sourceTag: 'type:tool',
    onlyDependOnLibsWithTags: [
      'type:contract',
      'type:adapter',
      'type:domain',
      'type:service',
      'type:feature',
      'type:client',
      'type:util',
    ],
  },
];

/** Each outside library with one importer. */
const soleImporters = [
  { lib: 'bus', modules: ['@nats-io/transport-node', '@nats-io/jetstream'] },
  { lib: 'room-store', modules: ['ioredis'] },
  { lib: 'persistence', modules: ['@prisma/client', '@electric-sql/pglite'] },
  { lib: 'media-engine', modules: ['mediasoup'] },
  { lib: 'sdk', modules: ['mediasoup-client', 'sdp-transform'] },
];

/** What a file may not import; the library itself may import what it is there for. */
function forbiddenImports(ownLib) {
  return soleImporters
    .filter(({ lib }) => lib !== ownLib)
    .flatMap(({ lib, modules }) =>
      modules.map((name) => ({ name, message: `Only libs/${lib} imports it.` })),
    );
}

const noEnvironment = {
  object: 'process',
  property: 'env',
  message: 'Only libs/config reads the environment.',
};

/** Specs, what only they import, and the configuration of tools: they may import devDependencies. */
const developmentFiles = [
  '**/*.spec.ts',
  '**/*.fixtures.ts',
  '{apps,libs,tools}/*/test/**',
  '{apps,libs,tools}/*/*.config.ts',
  'tools/setup/**',
];

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      'libs/persistence/src/generated/**',
      '.polyroom/**',
      '.nx/**',
    ],
  },
  {
    files: ['{apps,libs,tools}/**/*.ts'],
    extends: [tseslint.configs.recommended],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { project: false } },
    rules: {
      curly: 'error',
      eqeqeq: 'error',
      'no-console': 'error',
      'no-restricted-properties': ['error', noEnvironment],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@nx/enforce-module-boundaries': [
        'error',
        { enforceBuildableLibDependency: false, allow: [], depConstraints: arrows },
      ],
    },
  },
  {
    files: ['{apps,libs,tools}/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { paths: forbiddenImports() }] },
  },
  {
    // Each workspace declares what it imports; the root's package.json does not count.
    files: ['{apps,libs,tools}/**/*.{ts,mjs}'],
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [
        createNodeResolver({
          conditionNames: ['@polyroom/source', 'types', 'node', 'import', 'default'],
          extensions: ['.ts', '.d.ts', '.mjs', '.js'],
        }),
      ],
    },
    rules: {
      'import-x/no-extraneous-dependencies': [
        'error',
        { devDependencies: developmentFiles, includeInternal: true, includeTypes: true },
      ],
    },
  },
  ...soleImporters.map(({ lib }) => ({
    files: [`libs/${lib}/**/*.ts`],
    rules: { 'no-restricted-imports': ['error', { paths: forbiddenImports(lib) }] },
  })),
  {
    // WHIP and WHEP: SDP into RTP parameters and back, with the rules of mediasoup's own client.
    files: ['apps/interop/src/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { paths: forbiddenImports('sdk') }] },
  },
  {
    // Tests, checks and measurements look behind the scenes: at what Redis holds, at what a node really does.
    files: ['**/*.spec.ts', '**/test/**/*.ts', 'apps/e2e/**/*.ts', 'tools/{bench,check}/**/*.ts'],
    rules: { 'no-restricted-imports': 'off' },
  },
  {
    // Runs in pages, those from plain http too, where browsers leave these out.
    files: ['libs/{sdk,contracts}/src/**/*.ts', 'apps/console/src/web/**/*.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        noEnvironment,
        { object: 'crypto', property: 'randomUUID', message: 'Only in secure contexts: use newId.' },
        { object: 'crypto', property: 'subtle', message: 'Only in secure contexts.' },
      ],
    },
  },
  {
    // The edges of the process: configuration, tests, command-line tools.
    files: [
      'libs/config/**/*.ts',
      'libs/testing/**/*.ts',
      'libs/cluster/**/*.ts',
      'tools/**/*.ts',
      '**/*.spec.ts',
      'apps/e2e/**/*.ts',
    ],
    rules: { 'no-restricted-properties': 'off', 'no-console': 'off' },
  },
  {
    // Nest's dependency injection needs the classes at run time.
    files: [
      'apps/{gateway,interop,auth,room,messaging,media}/**/*.ts',
      'libs/{bus,nest-service,session}/**/*.ts',
    ],
    rules: { '@typescript-eslint/consistent-type-imports': 'off' },
  },
);
