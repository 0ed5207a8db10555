import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const oapiCodegen = 'github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2';
/** Settings, templates and the version of the generator in Python. */
const settingsFolder = 'tools/generate/clients';

/** Where a folder records what it was generated from. */
export const digestFile = 'openapi.sha256';

export interface ClientGenerator {
  language: string;
  /** Of the client, in the repository. */
  folder: string;
  /** Every file of the folder is generated. */
  isWhole: boolean;
  /** Why it cannot run here. */
  missing(): string | undefined;
  /** Writes the generated files to `output`, an absent folder. */
  generate(rootDir: string, documentFile: string, output: string): Promise<void>;
}

export const clientGenerators: ClientGenerator[] = [
  {
    language: 'Go',
    folder: 'libs/server-sdk-go/api',
    isWhole: false,
    missing: () => (runs('go', 'version') ? undefined : 'go is not on PATH'),
    async generate(rootDir, documentFile, output) {
      const config = join(rootDir, settingsFolder, 'oapi-codegen.yaml');
      await mkdir(output);
      const file = join(output, 'api.gen.go');
      await run('go', ['run', oapiCodegen, '-config', config, '-o', file, documentFile]);
    },
  },
  {
    language: 'Python',
    folder: 'libs/server-sdk-python/src/polyroom_server_sdk/rest',
    isWhole: true,
    missing: () =>
      runs('python3', '-c', 'import sys, venv; sys.exit(sys.version_info < (3, 11))')
        ? undefined
        : 'python3, 3.11 or later, with venv is not on PATH',
    async generate(rootDir, documentFile, output) {
      const venv = join(rootDir, '.polyroom/generate/python');
      const clients = join(rootDir, settingsFolder);
      await mkdir(join(rootDir, '.polyroom'), { recursive: true, mode: 0o700 });
      await run('python3', ['-m', 'venv', venv]);
      const bin = join(venv, 'bin');
      await run(join(bin, 'pip'), ['install', '--quiet', '-r', join(clients, 'requirements.txt')]);
      await run(
        join(bin, 'openapi-python-client'),
        [
          ...['generate', '--path', documentFile, '--output-path', output],
          ...['--config', join(clients, 'openapi-python-client.yaml'), '--meta', 'none', '--fail-on-warning'],
          ...['--custom-template-path', join(clients, 'python-templates')],
        ],
        // Ruff, which it runs, is in the same folder.
        { env: { ...process.env, PATH: `${bin}:${process.env['PATH']}`, RUFF_NO_CACHE: 'true' } },
      );
    },
  },
];

/** Digest of all that decides the generated files: the document, and the settings and versions of the generators. */
export async function digestOf(rootDir: string, document: string): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([document, oapiCodegen]));
  const settings = join(rootDir, settingsFolder);
  const entries = await readdir(settings, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => join(parentPath, name));
  for (const file of files.sort()) {
    hash.update(JSON.stringify([relative(settings, file), await readFile(file, 'utf8')]));
  }
  return hash.digest('hex');
}

/** Generates the client, then replaces the former one and records the digest. A failure leaves the former one. */
export async function writeClient(
  generator: ClientGenerator,
  rootDir: string,
  { digest, documentFile }: { digest: string; documentFile: string },
): Promise<void> {
  const temporary = await mkdtemp(join(tmpdir(), 'polyroom-client-'));
  try {
    const output = join(temporary, 'client');
    await generator.generate(rootDir, documentFile, output);
    const folder = join(rootDir, generator.folder);
    if (generator.isWhole) {
      await rm(folder, { recursive: true, force: true });
    }
    await cp(output, folder, { recursive: true });
    await writeFile(join(folder, digestFile), `${digest}\n`);
  } finally {
    await rm(temporary, { recursive: true });
  }
}

function runs(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
