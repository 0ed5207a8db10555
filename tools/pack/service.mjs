// Bundles a built service, or the launcher, with the packages that it loads into `dist/bundle`: a process reads a dozen
// files instead of some 1,500, which takes a third of the time. Usage, in the root of the repository:
// service.mjs apps/gateway
import { readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { build } from 'tsdown';
import { toLines } from './line-map.mjs';

/** Packages that read files beside their own, or import each other in circles; those that Nest loads on demand. */
const apart = [
  /^@electric-sql\//,
  /^@koromix\/|^koffi$/,
  /^@node-rs\//,
  /^@prisma\//,
  /^@scalar\//,
  /^mediasoup$/,
  /^playwright-core$/,
  /^@opentelemetry\/(?!api$)/,
  /^@nestjs\/(platform-express|websockets)/,
  /^@fastify\/(multipart|static|view)$/,
  /^@grpc\//,
  /^(amqp-connection-manager|amqplib|class-transformer|class-validator|kafkajs|mqtt|nats)$/,
];

const dir = resolve(process.argv[2]);
const outDir = join(dir, 'dist', 'bundle');

/** Compiled modules of workspaces: they find their files (Lua, migrations, pages) from where they are. */
const compiled = {
  name: 'compiled',
  load: {
    filter: { id: /\/(apps|libs|tools)\/[^/]+\/dist\/.*\.js$/ },
    handler: async (id) => {
      const [code, map] = await Promise.all([id, `${id}.map`].map((path) => readFile(path, 'utf8')));
      const url = `new URL(${JSON.stringify(relative(outDir, id))}, import.meta.url).href`;
      return { code: code.replaceAll('import.meta.url', url), map: JSON.parse(map) };
    },
  },
};

/** Stack traces name the files of packages as they are: their positions would be most of the source map. */
const packages = {
  name: 'packages',
  transform: {
    filter: { id: /\/node_modules\// },
    handler: (code) => ({ code, map: { version: 3, mappings: '', names: [], sources: [] } }),
  },
};

/** What a running process keeps in memory. */
const small = {
  name: 'small',
  // Not renderChunk: what comes after it prints strings without escapes.
  generateBundle(_options, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type === 'chunk') {
        // With one character beyond Latin-1, V8 keeps the source of a file in two bytes per character.
        file.code = file.code.replaceAll(/(\\*)([^\0-\x7f])/g, escape);
      } else if (file.fileName.endsWith('.map')) {
        const map = JSON.parse(file.source);
        file.source = JSON.stringify({ ...map, names: [], mappings: toLines(map.mappings) });
      }
    }
  },
};

function escape(text, backslashes, character) {
  if (backslashes.length % 2 === 1) {
    throw new Error(`cannot escape ${text} in a bundle`);
  }
  return `${backslashes}\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

await build({
  cwd: dir,
  config: false,
  entry: { main: join(dir, 'dist', 'main.js') },
  outDir,
  format: 'esm',
  fixedExtension: false,
  platform: 'node',
  target: false,
  dts: false,
  sourcemap: true,
  logLevel: 'warn',
  deps: { neverBundle: apart, alwaysBundle: [/./], onlyBundle: false },
  plugins: [compiled, packages, small],
  // Logs and metrics name classes.
  outputOptions: { keepNames: true, sourcemapExcludeSources: true, comments: { jsdoc: false } },
});
