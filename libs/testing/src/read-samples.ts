import { readFile } from 'node:fs/promises';
import { parseCodeBlocks } from './code-blocks.js';

/** The samples of a language in a page of docs, in their order, without those that the page marks as excerpts. */
export async function readSamples(page: string, language: string): Promise<string[]> {
  const text = await readFile(new URL(`../../../docs/${page}`, import.meta.url), 'utf8');
  return parseCodeBlocks(text)
    .filter((block) => block.language === language && block.excerpt === undefined)
    .map(({ code }) => code);
}
