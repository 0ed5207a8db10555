import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { areLanguagesRequired } from '@polyroom/testing';

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
 * Loads the Compose files with compose-go, the loader of Docker Compose, which is a Go library. The specs validate the
 * files by the schema of the specification everywhere; this also covers interpolation, merging and references.
 */
export async function checkCompose(rootDir: string): Promise<boolean> {
  if (spawnSync('go', ['version']).status !== 0) {
    const isRequired = areLanguagesRequired(process.env);
    process.stdout.write(`${isRequired ? 'WRONG' : 'skipped'}: Go is not installed\n`);
    return !isRequired;
  }
  const dir = mkdtempSync(join(tmpdir(), 'polyroom-compose-'));
  try {
    const loader = join(dir, 'compose-check');
    const built = spawnSync('go', ['build', '-buildvcs=false', '-o', loader, '.'], {
      cwd: join(rootDir, 'tools/deploy-check/compose-go'),
      encoding: 'utf8',
    });
    if (built.status !== 0) {
      process.stdout.write(`compose-go cannot be built:\n${built.stderr}`);
      return false;
    }
    const envFile = join(dir, '.env');
    const names = Object.keys(parseEnv(readFileSync(join(rootDir, 'deploy/docker/env.example'), 'utf8')));
    const lines = [...names, 'TLS_DIR'].map((name) => `${name}=${values[name] ?? 'a-value'}`);
    writeFileSync(envFile, `${lines.join('\n')}\n`);
    return attemptsOf(rootDir, dir)
      .map(({ what, files, isValid }) => {
        const { status, stdout, stderr } = spawnSync(loader, [envFile, ...files], { encoding: 'utf8' });
        const isExpected = (status === 0) === isValid;
        const output = (status === 0 ? stdout : stderr).trim();
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
