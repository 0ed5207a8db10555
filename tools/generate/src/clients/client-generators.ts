import { execFile, spawnSync } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const oapiCodegen = 'github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2';

/** Where a folder records the document that it was generated from. */
export const digestFile = 'openapi.sha256';

export interface ClientGenerator {
  language: string;
  /** The folder of the generated files, in the repository. */
  folder: string;
  /** Why it cannot run here. */
  missing(): string | undefined;
  /** Replaces the generated files. */
  generate(rootDir: string, documentFile: string): Promise<void>;
}

export const clientGenerators: ClientGenerator[] = [
  {
    language: 'Go',
    folder: 'libs/server-sdk-go/api',
    missing: () => (runs('go', 'version') ? undefined : 'go is not on PATH'),
    async generate(rootDir, documentFile) {
      const config = join(rootDir, 'tools/generate/clients/oapi-codegen.yaml');
      const output = join(rootDir, this.folder, 'api.gen.go');
      await run('go', ['run', oapiCodegen, '-config', config, '-o', output, documentFile]);
    },
  },
  {
    language: 'Python',
    folder: 'libs/server-sdk-python/src/polyroom_server_sdk/rest',
    missing: () =>
      runs('python3', '-c', 'import sys, venv; sys.exit(sys.version_info < (3, 11))')
        ? undefined
        : 'python3, 3.11 or later, with venv is not on PATH',
    async generate(rootDir, documentFile) {
      const venv = join(rootDir, '.polyroom/generate/python');
      const clients = join(rootDir, 'tools/generate/clients');
      await mkdir(join(rootDir, '.polyroom'), { recursive: true, mode: 0o700 });
      await run('python3', ['-m', 'venv', venv]);
      const bin = join(venv, 'bin');
      await run(join(bin, 'pip'), ['install', '--quiet', '-r', join(clients, 'requirements.txt')]);
      const output = join(rootDir, this.folder);
      await rm(output, { recursive: true, force: true });
      await run(
        join(bin, 'openapi-python-client'),
        [
          ...['generate', '--path', documentFile, '--output-path', output],
          ...['--config', join(clients, 'openapi-python-client.yaml'), '--meta', 'none', '--fail-on-warning'],
          ...['--custom-template-path', join(clients, 'python-templates')],
        ],
        // It formats what it writes with ruff, which the same folder has.
        { env: { ...process.env, PATH: `${bin}:${process.env['PATH']}`, RUFF_NO_CACHE: 'true' } },
      );
    },
  },
];

/** Generates the client and records the document. */
export async function writeClient(
  generator: ClientGenerator,
  rootDir: string,
  { digest, documentFile }: { digest: string; documentFile: string },
): Promise<void> {
  await generator.generate(rootDir, documentFile);
  await writeFile(join(rootDir, generator.folder, digestFile), `${digest}\n`);
}

function runs(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
