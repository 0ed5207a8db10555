// Bundles a built service, or the launcher, with the packages that it loads into `dist/bundle`: a process reads a dozen
// files instead of some 1,500, which takes a third of the time. Usage, in the root of the repository:
// service.mjs apps/gateway
import { readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { build } from 'tsdown';

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
  plugins: [compiled, packages],
  // Logs and metrics name classes.
  outputOptions: { keepNames: true, sourcemapExcludeSources: true },
});
