import { defineConfig } from 'prisma/config';

// `generate`, `validate` and `format` never run the native schema engine, but the CLI downloads it first.
// Naming any existing file prevents the download; migrations use the engine's WASM build instead.
// eslint-disable-next-line no-restricted-properties -- read by the Prisma CLI, which has no setting for it
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
});
