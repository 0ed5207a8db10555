import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { areLanguagesRequired } from '@polyroom/testing';
import { ComposeLoader, hasGo } from './compose-loader.js';

interface Attempt {
  what: string;
  files: string[];
  isValid: boolean;
}

/** Values of .env that an example leaves empty. */
const values: Record<string, string> = {
  POLYROOM_ADMIN_TOKENS: 'check:a-token-of-this-check',
  POLYROOM_MEDIA_ANNOUNCED_ADDRESS: '203.0.113.7',
  TLS_DIR: '/srv/polyroom-tls',
};

/**
 * Loads the Compose files with the loader of Docker Compose. The specs validate the files by the schema of the
 * specification everywhere; this also covers interpolation, merging and references.
 */
export async function checkCompose(rootDir: string): Promise<boolean> {
  if (!hasGo()) {
    const isRequired = areLanguagesRequired(process.env);
    process.stdout.write(`${isRequired ? 'WRONG' : 'skipped'}: Go is not installed\n`);
    return !isRequired;
  }
  const dir = mkdtempSync(join(tmpdir(), 'polyroom-compose-'));
  try {
    const loader = ComposeLoader.build(rootDir, dir, values);
    return attemptsOf(rootDir, dir)
      .map(({ what, files, isValid }) => {
        const { ok, output } = loader.load(files);
        const isExpected = ok === isValid;
        process.stdout.write(`${isExpected ? 'ok' : 'WRONG'}: ${what}: ${output}\n`);
        return isExpected;
      })
      .every(Boolean);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** The shipped files, and faults that the loader must find: otherwise it would show nothing. */
function attemptsOf(rootDir: string, dir: string): Attempt[] {
  const compose = join(rootDir, 'docker-compose.yml');
  const text = readFileSync(compose, 'utf8');
  const write = (name: string, changed: string): string => {
    const file = join(dir, name);
    writeFileSync(file, changed);
    return file;
  };
  const unquoted = write('unquoted.yml', text.replace(/"(fetch\(.*)"$/m, '$1'));
  const missing = write('missing.yml', text.replace('redis: { condition', 'rediss: { condition'));
  return [
    { what: 'docker-compose.yml', files: [compose], isValid: true },
    { what: 'with TLS', files: [compose, join(rootDir, 'docker-compose.tls.yml')], isValid: true },
    { what: 'an unquoted healthcheck', files: [unquoted], isValid: false },
    { what: 'a dependency that does not exist', files: [missing], isValid: false },
  ];
}
