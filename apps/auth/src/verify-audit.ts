import { loadConfig } from '@polyroom/config';
import { Database, type KnownHead } from '@polyroom/persistence';
import { pino } from 'pino';
import { z } from 'zod';
import { databaseFields } from './config.js';

const usage = `usage: node apps/auth/dist/main.js verify-audit [--head APPID:NUMBER:HASH]...
Recomputes the hash chains of the audit. Prints one line of JSON per chain, with the number and hash of its last
row: keep these lines outside of the database and pass them as --head next time. Exits with 1 if a row is missing
or changed, and prints the number of the first one as firstBadRow.
`;
const headPattern = /^(\d{1,10}):(\d{1,15}):([0-9a-f]{64})$/;

/** The command `verify-audit`: changes nothing, and needs no key of the secrets. Returns the exit code. */
export async function verifyAudit(args: string[]): Promise<number> {
  const heads = parseHeads(args);
  if (heads === undefined) {
    process.stderr.write(usage);
    return 2;
  }
  const { DATABASE_URL: databaseUrl, POLYROOM_PGLITE_DIR: pgliteDir } = loadConfig(z.object(databaseFields));
  const logger = pino({ level: 'warn' }, pino.destination(2));
  const { chains, unchainedRows } = await Database.verifyAudit({ databaseUrl, pgliteDir, logger }, heads);
  const lines: object[] = unchainedRows === 0 ? chains : [...chains, { unchainedRows }];
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  // The process exits next, which would cut what a pipe has not taken yet.
  await new Promise((written) => process.stdout.write(text, written));
  return chains.some(({ firstBadRow }) => firstBadRow !== undefined) ? 1 : 0;
}

/** Undefined if an argument is wrong. */
function parseHeads(args: string[]): KnownHead[] | undefined {
  const parsed: KnownHead[] = [];
  for (let index = 0; index < args.length; index += 2) {
    const [, appId, seq, hash] = (args[index] === '--head' && headPattern.exec(args[index + 1] ?? '')) || [];
    if (appId === undefined || seq === undefined || hash === undefined) {
      return undefined;
    }
    parsed.push({ appId: Number(appId), seq: Number(seq), hash });
  }
  return parsed;
}
