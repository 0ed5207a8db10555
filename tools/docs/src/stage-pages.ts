import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, extname, join, normalize, relative } from 'node:path';
import { paths } from './paths.js';

const link = /\]\((?![a-z]+:|#)([^)#\s]+)(#[^)\s]*)?\)/g;

/** Highlighted as the language of their extension, which Shiki knows. */
const sourceExtensions = ['.ts', '.tsx', '.mjs', '.js', '.py', '.go', '.json', '.yaml', '.sh'];

/** A file of the repository, outside docs, that a page links to: the site has a page for it. */
function sourcePageOf(file: string): string {
  return extname(file) === '.md' ? join('repository', file) : join('repository', `${file}.md`);
}

/**
 * Copies the pages of docs/ and those of the site to the folder that VitePress reads. Links to files outside docs/ lead
 * to pages that show them, because the site has no repository to link to.
 */
export async function stagePages(): Promise<void> {
  await rm(paths.stageDir, { recursive: true, force: true });
  await cp(paths.docsDir, paths.stageDir, { recursive: true });
  await cp(paths.ownPagesDir, paths.stageDir, { recursive: true });
  const publicDir = join(paths.stageDir, 'public');
  await mkdir(publicDir);
  for (const document of ['asyncapi.json', 'openapi.json']) {
    await cp(join(paths.docsDir, document), join(publicDir, document));
  }
  await cp(join(paths.rootDir, 'apps/console/src/web/icon.svg'), join(publicDir, 'icon.svg'));
  await writeDecisions();

  const linked = new Set<string>();
  for (const page of await listPages(paths.docsDir)) {
    const text = await readFile(join(paths.docsDir, page), 'utf8');
    await writeFile(join(paths.stageDir, page), rewriteLinks(text, page, linked));
  }
  for (const file of linked) {
    await writeSource(file);
  }
}

async function listPages(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true });
  return entries.filter((name) => name.endsWith('.md'));
}

function rewriteLinks(text: string, page: string, linked: Set<string>): string {
  return text.replaceAll(link, (whole, target: string, anchor = '') => {
    const file = normalize(join('docs', dirname(page), target));
    if (file.startsWith('docs/')) {
      return whole;
    }
    linked.add(file);
    return `](${relative(dirname(page), sourcePageOf(file))}${anchor})`;
  });
}

/** The list of decisions: the repository shows a folder, the site needs a page. */
async function writeDecisions(): Promise<void> {
  const dir = join(paths.stageDir, 'decisions');
  const files = (await readdir(dir)).filter((name) => name.endsWith('.md')).sort();
  const rows = await Promise.all(
    files.map(async (name) => {
      const title = /^# (.*)$/m.exec(await readFile(join(dir, name), 'utf8'))?.[1] ?? name;
      return `- [${title}](${name})`;
    }),
  );
  await writeFile(
    join(dir, 'index.md'),
    `# Decisions\n\nDesign decisions and their reasons.\n\n${rows.join('\n')}\n`,
  );
}

async function writeSource(file: string): Promise<void> {
  const target = join(paths.stageDir, sourcePageOf(file));
  const source = join(paths.rootDir, file);
  await mkdir(dirname(target), { recursive: true });
  if (!(await stat(source)).isFile()) {
    throw new Error(`a page links to ${file}, which is no file: the site can only show files`);
  }
  const text = await readFile(source, 'utf8');
  // Neither belongs to the documentation that the search covers.
  const head = '---\nsearch: false\neditLink: false\n---\n\n';
  if (extname(file) === '.md') {
    await writeFile(target, head + withoutLinks(text));
    return;
  }
  const extension = extname(file);
  const language = sourceExtensions.includes(extension) ? extension.slice(1) : 'txt';
  const fence = '`'.repeat(4);
  await writeFile(target, `${head}# ${file}\n\n${fence}${language}\n${text}\n${fence}\n`);
}

/** The text of links that lead into the repository, without the link. */
function withoutLinks(text: string): string {
  return text.replaceAll(/\[([^\]]+)\]\((?![a-z]+:|#)[^)]*\)/g, '$1');
}
