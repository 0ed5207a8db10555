import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { rootDir } from './repository.js';

const run = promisify(execFile);

export interface Finding {
  ruleId: string | null;
  message: string;
}

/**
 * ESLint's findings in each text, as if it were the given file; without typed rules the file need not exist.
 */
export async function lintTexts(
  files: (readonly [path: string, text: string])[],
  { types = true } = {},
): Promise<Finding[][]> {
  // ESLint does not run inside Jest's VM context.
  const source = `
    import { ESLint } from 'eslint';
    import tseslint from 'typescript-eslint';
    const eslint = new ESLint(${types ? '' : '{ overrideConfig: tseslint.configs.disableTypeChecked }'});
    const found = [];
    for (const [filePath, text] of ${JSON.stringify(files)}) {
      const [{ messages }] = await eslint.lintText(text, { filePath });
      found.push(messages.map(({ ruleId, message }) => ({ ruleId, message })));
    }
    process.stdout.write(JSON.stringify(found));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', source], { cwd: rootDir });
  return JSON.parse(stdout) as Finding[][];
}
