import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CodeBlock, parseCodeBlocks } from '@polyroom/testing';
import { paths } from '../src/paths.js';

/** A code block, with the path of its page in the repository. */
export type PageBlock = CodeBlock & { page: string };

/** The pages whose samples are checked. */
export function listPages(): string[] {
  const docs = readdirSync(paths.docsDir, { recursive: true, encoding: 'utf8' });
  const pages = docs.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`);
  return ['README.md', 'CONTRIBUTING.md', ...pages.sort()];
}

/** All code blocks of all pages, or those of some languages. */
export function listBlocks(...languages: string[]): PageBlock[] {
  return listPages()
    .flatMap((page) =>
      parseCodeBlocks(readFileSync(join(paths.rootDir, page), 'utf8')).map((block) => ({ ...block, page })),
    )
    .filter(({ language }) => languages.length === 0 || languages.includes(language));
}
