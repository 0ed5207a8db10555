import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { UsageError } from '../output/failure.js';
import { type Surroundings } from '../surroundings.js';

/** Where a secret may come from. Never from an argument: other users of the machine can read those. */
export interface SecretSource {
  /** As messages name it: `the API key`. */
  what: string;
  /** The environment variable. */
  variable: string;
  /** The option that names the file, and its value; `-` is the standard input. */
  option: string;
  file: string | undefined;
}

/** Reads a secret from its file, its variable, or, in a terminal, a prompt without echo. */
export async function readSecret(source: SecretSource, surroundings: Surroundings): Promise<string> {
  const { option, variable, what } = source;
  const found = await findSecret(source, surroundings);
  if (found !== undefined) {
    return found;
  }
  if (surroundings.stdin.isTTY !== true) {
    throw new UsageError(
      `${what} is missing`,
      `set ${variable}, name a file with ${option}, or use a terminal`,
    );
  }
  const answer = await prompt(`${what.replace(/^the /, '')}: `, surroundings, false);
  if (answer === '') {
    throw new UsageError(`${what} is empty`);
  }
  return answer;
}

/** As `readSecret`, without a prompt; undefined if there is neither a file nor a variable. */
export async function findSecret(
  { file, option, variable, what }: SecretSource,
  { env, stdin }: Surroundings,
): Promise<string | undefined> {
  if (file !== undefined) {
    const content = await (file === '-' ? text(stdin) : readFile(file, 'utf8')).catch((error: unknown) => {
      throw new UsageError(
        `${option}: cannot read the file: ${(error as NodeJS.ErrnoException).code ?? 'failed'}`,
      );
    });
    const secret = content.trim();
    if (secret === '') {
      throw new UsageError(`${option}: the file is empty`, `write ${what} into it`);
    }
    return secret;
  }
  return env[variable] || undefined;
}

/** Asks in the terminal. The question goes to the standard error, so that results can be piped. */
export async function prompt(
  question: string,
  { stderr, stdin }: Pick<Surroundings, 'stderr' | 'stdin'>,
  echo = true,
): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: stdin, output: echo ? stderr : silent, terminal: true });
  const closed = new Promise<never>((_, reject) => {
    terminal.once('SIGINT', () => terminal.close());
    terminal.once('close', () => reject(new UsageError('the prompt was closed')));
  });
  closed.catch(() => undefined);
  try {
    if (!echo) {
      stderr.write(question);
    }
    return (await Promise.race([terminal.question(echo ? question : ''), closed])).trim();
  } finally {
    terminal.close();
    if (!echo) {
      stderr.write('\n');
    }
  }
}
