import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rootDir } from './installed-package.js';

/** The code blocks of a language in docs/server-sdk.md, in their order. */
export async function readSamples(language: string): Promise<string[]> {
  const page = await readFile(join(rootDir, 'docs/server-sdk.md'), 'utf8');
  return [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter((match) => match[1] === language)
    .map((match) => match[2]!);
}

/** What the samples read from the environment. */
export const sampleEnv = {
  APP_ID: '1234567',
  SERVER_SECRET: '0123456789abcdef0123456789abcdef',
  WEBHOOK_SECRET: 'fedcba9876543210fedcba9876543210',
};
