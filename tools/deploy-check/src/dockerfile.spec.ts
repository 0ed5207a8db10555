import { describe, expect, test } from '@jest/globals';
import { pathExists, readText } from './repository.js';

const text = readText('deploy/docker/Dockerfile');
/** The instructions, with continued lines joined and comments removed. */
const instructions = text
  .replaceAll(/^\s*#.*\n/gm, '')
  .replaceAll(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line.trim() !== '');
const copies = instructions.filter((line) => line.startsWith('COPY '));

test('every file that it copies from the checkout exists and is not excluded by .dockerignore', () => {
  const sources = copies
    .filter((line) => !line.includes('--from='))
    .flatMap((line) => line.split(/\s+/).slice(1, -1));
  expect(sources.length).toBeGreaterThan(8);
  expect(sources.filter((source) => !pathExists(source))).toEqual([]);
  const ignored = readText('.dockerignore').split('\n');
  sources.forEach((source) => expect(ignored).not.toContain(source));
});

test('every stage that it copies from is defined earlier', () => {
  const stages: string[] = [];
  for (const line of instructions) {
    const named = /^FROM \S+ AS (\S+)/.exec(line)?.[1];
    if (named !== undefined) {
      stages.push(named);
    }
    const source = /^COPY --from=(\S+)/.exec(line)?.[1];
    if (source !== undefined) {
      expect(stages).toContain(source);
    }
  }
  expect(stages.at(-1)).toBe('runtime');
});

test('every script that it runs exists', () => {
  const scripts = [...text.matchAll(/\b(?:bash|node) (\S+\.(?:sh|mjs))/g)].map((match) => match[1]!);
  expect(scripts).toHaveLength(4);
  expect(scripts.filter((script) => !pathExists(script))).toEqual([]);
});

test('every image of others is pinned by its digest', () => {
  const stages = new Set(
    instructions.flatMap((line) => /^FROM \S+ AS (\S+)/.exec(line)?.[1] ?? []).concat('scratch', '${ROOT}'),
  );
  const images = instructions.flatMap((line) => /^FROM (\S+)/.exec(line)?.[1] ?? []);
  const others = images.filter((image) => !stages.has(image));
  expect(others).toHaveLength(2);
  others.forEach((image) => expect(image).toMatch(/:[\w.-]+@sha256:[0-9a-f]{64}$/));
  expect(text.split('\n')[0]).toMatch(/^# syntax=docker\/dockerfile:[\d.]+@sha256:[0-9a-f]{64}$/);
});

test('the root file system is the small one, unless the build asks for the other', () => {
  expect(instructions[0]).toBe('ARG ROOT=minimal');
  expect(instructions).toContain('FROM ${ROOT} AS runtime');
  expect(instructions).toContain('FROM scratch AS minimal');
});

test('both root file systems have the libraries of Node.js and the worker', () => {
  const [minimal] = instructions.filter((line) => line.includes('rootfs.sh /rootfs'));
  const [debian] = instructions.filter((line) => line.includes('${EXTRA_PACKAGES}'));
  const libraries = minimal!
    .split('/rootfs ')[1]!
    .split(' ')
    .filter((name) => name !== 'libc6');
  expect(libraries).toHaveLength(3);
  libraries.forEach((name) => expect(debian).toContain(` ${name} `));
});

describe('the image', () => {
  const runtime = instructions.slice(instructions.findIndex((line) => line.includes('AS runtime')));

  test('does not run as root', () => {
    expect(runtime.find((line) => line.startsWith('USER '))).toBe('USER 10001:10001');
  });

  test('reports its health', () => {
    const check = runtime.find((line) => line.startsWith('HEALTHCHECK '));
    expect(check).toContain('/healthz');
    // The command is a JSON list: a quoting mistake would silently make it a shell command.
    const command = JSON.parse(check!.slice(check!.indexOf('['))) as string[];
    expect(command.slice(0, 2)).toEqual(['node', '-e']);
  });

  test('starts node as process 1', () => {
    expect(JSON.parse(runtime.find((line) => line.startsWith('CMD '))!.slice('CMD '.length))).toEqual([
      'node',
      '--enable-source-maps',
      'main.js',
    ]);
  });
});
