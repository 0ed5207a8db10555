import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { paths } from '../src/paths.js';

/** A code block of a page. */
export interface CodeBlock {
  /** Path in the repository. */
  page: string;
  /** Of its first line of code. */
  line: number;
  language: string;
  /** Without the indentation of the block. */
  code: string;
}

const fence = /^( *)```(\w+)\n(.*?)^\1```$/gms;

/** The pages whose samples are checked. */
export function listPages(): string[] {
  const docs = readdirSync(paths.docsDir, { recursive: true, encoding: 'utf8' });
  const pages = docs.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`);
  return ['README.md', 'CONTRIBUTING.md', ...pages.sort()];
}

export function readPage(page: string): string {
  return readFileSync(join(paths.rootDir, page), 'utf8');
}

/** All code blocks of these languages, in all pages. */
export function listBlocks(...languages: string[]): CodeBlock[] {
  return listPages().flatMap((page) => {
    const text = readPage(page);
    return [...text.matchAll(fence)]
      .map(({ 0: _whole, 1: indentation = '', 2: language = '', 3: code = '', index }) => ({
        page,
        line: text.slice(0, index).split('\n').length + 1,
        language,
        code: code.replaceAll(new RegExp(`^${indentation}`, 'gm'), ''),
      }))
      .filter(({ language }) => languages.includes(language));
  });
}
