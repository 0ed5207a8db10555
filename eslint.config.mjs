import nx from '@nx/eslint-plugin';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

// The rules that ask the compiler for types are Oxlint's: .oxlintrc.json.

/** The allowed imports: app → adapter, domain, contract, util; adapter and domain → contract, util (an adapter → domain too). */
const arrows = [
  { sourceTag: 'type:contract', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'type:util', onlyDependOnLibsWithTags: ['type:contract', 'type:util'] },
  { sourceTag: 'type:domain', onlyDependOnLibsWithTags: ['type:contract', 'type:util'] },
  { sourceTag: 'type:adapter', onlyDependOnLibsWithTags: ['type:contract', 'type:domain', 'type:util'] },
  { sourceTag: 'type:service', onlyDependOnLibsWithTags: ['type:contract', 'type:adapter', 'type:util'] },
  {
    sourceTag: 'type:feature',
    onlyDependOnLibsWithTags: [
      'type:contract',
      'type:adapter',
      'type:domain',
      'type:service',
      'type:feature',
      'type:util',
    ],
  },
  {
    sourceTag: 'type:client',
    // The faces of other SDKs are libraries over the client.
    onlyDependOnLibsWithTags: ['type:contract', 'type:domain', 'type:client', 'type:util'],
  },
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
  // Runs apps as parts of one process.
  {
    sourceTag: 'type:host',
    onlyDependOnLibsWithTags: ['type:app', 'type:contract', 'type:service', 'type:util'],
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
  { lib: 'bus', modules: ['@nats-io/transport-node', '@nats-io/jetstream', '@nats-io/kv'] },
  { lib: 'room-store', modules: ['ioredis'] },
  { lib: 'persistence', modules: ['@prisma/client', '@electric-sql/pglite'] },
  { lib: 'media-engine', modules: ['mediasoup'] },
  { lib: 'fast-io', modules: ['koffi'] },
  { lib: 'async', modules: ['p-retry'] },
  { lib: 'client', modules: ['mediasoup-client', 'sdp-transform'] },
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

/** What browsers, Node.js and React Native do not have in common: `Platform` supplies it. */
const platformGlobals = [
  ...['window', 'self', 'global', 'globalThis', 'document', 'navigator', 'location', 'process', 'Buffer'],
  ...['crypto', 'WebSocket', 'fetch', 'XMLHttpRequest', 'isSecureContext', 'localStorage', 'sessionStorage'],
  ...['addEventListener', 'removeEventListener', 'requestAnimationFrame', 'EventTarget', 'AudioContext'],
  ...['MediaStream', 'MediaStreamTrack', 'RTCPeerConnection', 'RTCRtpReceiver', 'RTCRtpSender'],
  ...['URL', 'DOMException', 'HTMLElement', 'HTMLMediaElement', 'HTMLVideoElement'],
].map((name) => ({ name, message: 'The core reads no global: use Platform.' }));

/** Specs, what only they import, and the configuration of tools: they may import devDependencies. */
const developmentFiles = [
  '**/*.spec.ts',
  '**/*.fixtures.ts',
  '{apps,libs,tools}/*/{examples,test}/**',
  '{apps,libs,tools}/*/*.config.ts',
  'tools/{pack,setup}/**',
];

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      'tools/docs/{dist-site,stage}/**',
      'libs/persistence/src/generated/**',
      '.polyroom/**',
      '.nx/**',
      // Applications with dependencies of their own, installed by check:packages.
      'tools/check/consumers/**',
    ],
  },
  {
    files: ['{apps,libs,tools}/**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommended],
    plugins: { '@nx': nx },
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
    // The only app that imports apps; .dependency-cruiser.mjs restricts what.
    files: ['apps/all-in-one/src/**/*.ts'],
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: false,
          allow: ['^@polyroom/[a-z]+/service$'],
          depConstraints: arrows,
        },
      ],
    },
  },
  {
    files: ['{apps,libs,tools}/**/*.{ts,tsx}'],
    rules: { 'no-restricted-imports': ['error', { paths: forbiddenImports() }] },
  },
  {
    // Each workspace declares what it imports; the root's package.json does not count.
    files: ['{apps,libs,tools}/**/*.{ts,tsx,mjs}'],
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [
        createNodeResolver({
          conditionNames: ['@polyroom/source', 'types', 'node', 'import', 'default'],
          extensions: ['.ts', '.tsx', '.d.ts', '.mjs', '.js'],
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
  {
    // Its package holds the workspaces that it imports, so that they are no dependencies of the package.
    files: ['libs/server-sdk/src/**/*.ts'],
    rules: {
      'import-x/no-extraneous-dependencies': [
        'error',
        { devDependencies: true, includeInternal: true, includeTypes: true },
      ],
    },
  },
  ...soleImporters.map(({ lib }) => ({
    files: [`libs/${lib}/**/*.ts`],
    rules: { 'no-restricted-imports': ['error', { paths: forbiddenImports(lib) }] },
  })),
  {
    // The room log is JetStream code of its own, on the connection of the bus.
    files: ['apps/messaging/src/log/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { paths: forbiddenImports('bus') }] },
  },
  {
    // WHIP and WHEP: SDP into RTP parameters and back, with the rules of mediasoup's own client.
    files: ['apps/interop/src/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { paths: forbiddenImports('client') }] },
  },
  {
    // Tests, checks and measurements look behind the scenes: at what Redis holds, at what a node really does.
    files: ['**/*.spec.ts', '**/test/**/*.{ts,tsx}', 'apps/e2e/**/*.ts', 'tools/{bench,check}/**/*.ts'],
    rules: {
      'no-restricted-imports': 'off',
    },
  },
  {
    // The fakes of mediasoup-client.
    files: ['libs/testing/src/client/**/*.ts'],
    rules: {
      'no-restricted-imports': ['error', { paths: forbiddenImports('client') }],
    },
  },
  {
    // Runs in pages, those from plain http too, where browsers leave these out.
    files: ['libs/{client,zego,react,contracts}/src/**/*.{ts,tsx}', 'apps/console/src/web/**/*.{ts,tsx}'],
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
    files: ['libs/client/src/**/*.ts'],
    ignores: [
      '**/*.spec.ts',
      'libs/client/src/platform/detect-platform.ts',
      'libs/client/src/platform/handler-classes.ts',
    ],
    rules: { 'no-restricted-globals': ['error', ...platformGlobals] },
  },
  {
    // The edges of the process: configuration, tests, command-line tools.
    files: [
      'libs/config/**/*.ts',
      'libs/testing/**/*.ts',
      'libs/cluster/**/*.ts',
      'tools/**/*.ts',
      '**/*.spec.ts',
      '{apps,libs}/*/test/**/*.ts',
      'apps/e2e/**/*.ts',
      'apps/cli/src/polyroom.ts',
    ],
    rules: { 'no-restricted-properties': 'off', 'no-console': 'off' },
  },
  {
    // The ZodPipe passes an argument without a schema on unchecked.
    files: ['{apps/*,libs/rest}/src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...['Param', 'Query', 'Body'].map((name) => ({
          selector: `Decorator > CallExpression[callee.name='${name}']:not([arguments.0.type='ObjectExpression'])`,
          message: `Give the argument a schema: @${name}({ schema }).`,
        })),
      ],
    },
  },
  {
    // A translation replaces one file.
    files: ['apps/console/src/web/{console,playground}/**/*.tsx'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'JSXText[value=/[A-Za-z]/]',
          message: 'Texts are in texts.ts.',
        },
        {
          selector:
            'JSXAttribute[name.name=/^(label|title|lead|placeholder|description|aria-label|alt|submit|done)$/] > Literal',
          message: 'Texts are in texts.ts.',
        },
      ],
    },
  },
  {
    // Nest's dependency injection needs the classes at run time.
    files: [
      'apps/{gateway,interop,auth,room,messaging,recorder,webhooks,media}/**/*.ts',
      'libs/{bus,nest-service,rest,session}/**/*.ts',
    ],
    rules: { '@typescript-eslint/consistent-type-imports': 'off' },
  },
);
