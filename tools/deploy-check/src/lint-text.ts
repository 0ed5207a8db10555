import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { rootDir } from './repository.js';

const run = promisify(execFile);

export interface Finding {
  ruleId: string | null;
  message: string;
}

/** ESLint's findings in each text, as if it were the given file, which need not exist. */
export async function lintTexts(files: (readonly [path: string, text: string])[]): Promise<Finding[][]> {
  // ESLint does not run inside Jest's VM context.
  const source = `
    import { ESLint } from 'eslint';
    const eslint = new ESLint();
    const found = [];
    for (const [filePath, text] of ${JSON.stringify(files)}) {
      const [{ messages }] = await eslint.lintText(text, { filePath });
      found.push(messages.map(({ ruleId, message }) => ({ ruleId, message })));
    }
    process.stdout.write(JSON.stringify(found));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', source], { cwd: rootDir });
  return JSON.parse(stdout) as Finding[][];
}

/** The rules that Oxlint, which needs files on disk, finds broken in each text: `name` is its path. */
export async function lintTypes(texts: Record<string, string>): Promise<Record<string, string[]>> {
  const folder = await mkdtemp(join(tmpdir(), 'polyroom-lint-'));
  try {
    await copyFile(join(rootDir, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
    const compilerOptions = { strict: true, target: 'es2023', module: 'nodenext', types: [] };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
    for (const [path, text] of Object.entries(texts)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const stdout = await runOxlint(folder);
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] };
    const found: Record<string, string[]> = {};
    diagnostics.forEach(({ code, filename }) => (found[filename] ??= []).push(code));
    return found;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Its exit code is 1 if there are findings. */
async function runOxlint(folder: string): Promise<string> {
  const program = join(rootDir, 'node_modules', 'oxlint', 'bin', 'oxlint');
  try {
    return (await run(process.execPath, [program, '--format', 'json'], { cwd: folder })).stdout;
  } catch (error) {
    const { stdout = '', code } = error as { stdout?: string; code?: number };
    if (code !== 1) {
      throw error;
    }
    return stdout;
  }
}
