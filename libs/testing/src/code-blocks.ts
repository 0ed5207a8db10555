/** A code block of a page. */
export interface CodeBlock {
  /** Of its first line of code, from 1. */
  line: number;
  /** Empty if the block names none. */
  language: string;
  /** Without the indentation of the block. */
  code: string;
  /** Why the block can be neither run nor compiled: the comment `<!-- excerpt: REASON -->` before it. */
  excerpt: string | undefined;
}

const block = /(?:^ *<!-- excerpt: ([^\n]+?) -->\n+)?^( *)```(\w*)\n(.*?)^\2```$/gms;

/** All code blocks of a Markdown text, in their order. */
export function parseCodeBlocks(text: string): CodeBlock[] {
  return [...text.matchAll(block)].map(
    ({ 0: whole, 1: excerpt, 2: indentation = '', 3: language = '', 4: code = '', index }) => ({
      line: text.slice(0, index + whole.indexOf('```')).split('\n').length + 1,
      language,
      code: code.replaceAll(new RegExp(`^${indentation}`, 'gm'), ''),
      excerpt,
    }),
  );
}
