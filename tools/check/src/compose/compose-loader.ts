import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

export interface LoadResult {
  ok: boolean;
  /** What the loader printed: its output, or the reason of a failure. */
  output: string;
}

export function hasGo(): boolean {
  return spawnSync('go', ['version']).status === 0;
}

/** compose-go, the loader of Docker Compose, which is a Go library: interpolation, merging, the schema and references. */
export class ComposeLoader {
  private constructor(
    private readonly program: string,
    private readonly envFile: string,
  ) {}

  /**
   * Builds the loader in a folder, with an `.env` beside it that has a value for each name of the example.
   *
   * @throws if Go cannot build it
   */
  static build(rootDir: string, dir: string, values: Record<string, string>): ComposeLoader {
    const program = join(dir, 'compose-check');
    const built = spawnSync('go', ['build', '-buildvcs=false', '-o', program, '.'], {
      cwd: join(rootDir, 'tools/deploy-check/compose-go'),
      encoding: 'utf8',
    });
    if (built.status !== 0) {
      throw new Error(`compose-go cannot be built:\n${built.stderr}`);
    }
    const envFile = join(dir, '.env');
    const example = parseEnv(readFileSync(join(rootDir, 'deploy/docker/env.example'), 'utf8'));
    const names = new Set([...Object.keys(example), ...Object.keys(values)]);
    const lines = [...names].map((name) => `${name}=${values[name] ?? 'a-value'}`);
    writeFileSync(envFile, `${lines.join('\n')}\n`, { mode: 0o600 });
    return new ComposeLoader(program, envFile);
  }

  /** Prints the names of the services, or with `-json` the whole project. */
  load(files: string[], flags: '-json'[] = []): LoadResult {
    const { status, stdout, stderr } = spawnSync(this.program, [...flags, this.envFile, ...files], {
      encoding: 'utf8',
    });
    return { ok: status === 0, output: (status === 0 ? stdout : stderr).trim() };
  }
}
