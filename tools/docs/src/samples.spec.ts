import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from '@jest/globals';
import { testUnless } from '@polyroom/testing';
import { listBlocks, listPages, type PageBlock } from '../test/code-blocks.js';
import { excerptReasons, kindOf, runs } from '../test/sample-kinds.js';
import { paths } from './paths.js';

/** Where the first sample that a new user types is short enough to be typed. */
const maxFirstLines = 15;

function run(program: string, args: string[], input = ''): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: paths.rootDir,
    input,
    encoding: 'utf8',
  });
  return { status, output: `${stdout}${stderr}` };
}

/** What the program reports about each block that it refuses. */
function refusedBy(program: string, args: string[], blocks: PageBlock[]): string[] {
  return blocks.flatMap(({ page, line, code }) => {
    const { status, output } = run(program, args, code);
    return status === 0 ? [] : [`${page}:${line}: ${output}`];
  });
}

test('every code block is run, compiled, parsed, drawn, or an excerpt with its reason', () => {
  const blocks = listBlocks();
  const unclassified = blocks.filter((block) => kindOf(block) === undefined);
  expect(unclassified.map(({ language, line, page }) => `${page}:${line}: ${language}`)).toEqual([]);
  // A new excerpt is counted here, so that a block is not left out unnoticed.
  const counts = Object.groupBy(blocks, ({ excerpt }) => excerpt ?? 'none');
  const excerpts = Object.entries(counts).filter(([reason]) => reason !== 'none');
  expect(Object.fromEntries(excerpts.map(([reason, those]) => [reason, those!.length]))).toEqual(
    excerptReasons,
  );
});

test('the specs that run samples name their pages, which have such samples', () => {
  const pages = listPages();
  for (const { by, languages, page } of runs) {
    expect(pages).toContain(page);
    expect(readFileSync(join(paths.rootDir, by), 'utf8')).toContain(page.replace('docs/', ''));
    for (const language of languages) {
      const run = listBlocks(language).filter((block) => block.page === page && kindOf(block) === 'run');
      expect({ page, language, isRun: run.length > 0 }).toEqual({ page, language, isRun: true });
    }
  }
});

test('TypeScript samples compile against the packages', () => {
  const dir = join(paths.rootDir, 'node_modules/.cache/docs-samples');
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  const blocks = listBlocks('ts', 'tsx');
  expect(blocks.length).toBeGreaterThan(20);
  const pageOf = new Map<string, PageBlock>();
  blocks.forEach((block, index) => {
    const file = `sample${index}.${block.language}`;
    pageOf.set(file, block);
    // A module of its own, also without an import.
    writeFileSync(join(dir, file), `${block.code}export {};\n`);
  });
  const config = {
    extends: '../../../tsconfig.base.json',
    compilerOptions: {
      composite: false,
      declaration: false,
      declarationMap: false,
      noEmit: true,
      jsx: 'react-jsx',
      lib: ['es2023', 'dom', 'dom.iterable'],
    },
    include: ['*', relative(dir, join(paths.workspaceDir, 'test/sample-*.d.ts'))],
  };
  writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify(config));
  // Samples are modules of the kind that applications have.
  writeFileSync(join(dir, 'package.json'), '{ "type": "module" }');
  const { output } = run(process.execPath, [
    'node_modules/typescript7/bin/tsc',
    '--pretty',
    'false',
    '-p',
    dir,
  ]);
  const errors = output
    .split('\n')
    .filter((line) => line.includes('error TS'))
    .map((line) =>
      line.replace(/^\S*?(sample\d+\.tsx?)\((\d+),/, (_all, file: string, number: string) => {
        const { page, line: first } = pageOf.get(file)!;
        return `${page}:${first + Number(number) - 1} (`;
      }),
    );
  expect(errors).toEqual([]);
});

test('JSON samples can be parsed', () => {
  const refused = listBlocks('json').flatMap(({ page, line, code }) => {
    try {
      JSON.parse(code);
      return [];
    } catch (error) {
      return [`${page}:${line}: ${String(error)}`];
    }
  });
  expect(refused).toEqual([]);
});

const hasPython = spawnSync('python3', ['--version']).status === 0;
testUnless(test, hasPython ? undefined : 'Python is missing')('Python samples compile', async () => {
  const compile = 'import sys; compile(sys.stdin.read(), "sample", "exec")';
  expect(refusedBy('python3', ['-c', compile], listBlocks('python'))).toEqual([]);
});

test('shell samples are shell', () => {
  expect(refusedBy('bash', ['-n'], listBlocks('sh'))).toEqual([]);
});

test('shell samples name npm scripts and files that exist', () => {
  const { scripts } = JSON.parse(readFileSync(join(paths.rootDir, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const missing = listBlocks('sh').flatMap(({ page, line, code }) => {
    const named = [...code.matchAll(/\bnpm (?:run )?([a-z][\w:-]*)/g)].map((match) => match[1]!);
    const ours = named.filter((name) => !['init', 'install', 'pack', 'ci'].includes(name));
    // Kubernetes has names of this form too.
    const files = [
      ...code
        .replaceAll(/\b(?:exec|logs|restart) deploy\/\w+/g, '')
        .matchAll(/(?<![\w/.-])(?:apps|deploy|docs|libs|tools)\/[\w./-]*\w/g),
    ].map((match) => match[0]);
    return [
      ...ours.filter((name) => !(name in scripts)).map((name) => `${page}:${line}: npm run ${name}`),
      ...files.filter((file) => !existsInSources(file)).map((file) => `${page}:${line}: ${file}`),
    ];
  });
  expect(missing).toEqual([]);
});

/** Whether the repository has the file, or the source that it is built from. */
function existsInSources(file: string): boolean {
  const source = file.replace('/dist/', '/src/').replace(/\.js$/, '.ts');
  return (
    file.endsWith('.tgz') || existsSync(join(paths.rootDir, file)) || existsSync(join(paths.rootDir, source))
  );
}

test(`the first page that a new user writes has at most ${maxFirstLines} lines`, () => {
  const [html, ...others] = listBlocks('html').filter(({ page }) => page === 'docs/start.md');
  expect(others).toEqual([]);
  expect(html!.code.trim().split('\n').length).toBeLessThanOrEqual(maxFirstLines);
});
