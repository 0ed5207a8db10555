// Writes the next migration: `node libs/persistence/scripts/write-migration.mjs add-something` (after a build).
// The migrations are replayed into a throwaway in-memory PGlite and compared with schema.prisma.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { findDrift, prismaDir } from '../dist/schema-engine.js';

const name = process.argv[2];
if (!/^[a-z0-9-]+$/.test(name ?? '')) {
  throw new Error('usage: write-migration.mjs <name-in-kebab-case>');
}
const sql = await findDrift(new PrismaPGlite(new PGlite('memory://')));
if (sql === undefined) {
  process.stdout.write('schema.prisma and the migrations agree\n');
} else {
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const dir = join(prismaDir, 'migrations', `${stamp}_${name.replaceAll('-', '_')}`);
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, 'migration.sql'), sql);
  process.stdout.write(`${dir}\n`);
}
process.exit(0);
