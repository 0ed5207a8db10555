import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { drawDiagram } from './diagrams.js';
import { moveInlineScripts } from './inline-scripts.js';
import { listNavigated } from './navigation.js';
import { paths } from './paths.js';

/** Every page of the built site, by its path. */
const pages = new Map(
  readdirSync(paths.siteDir, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.html') && name !== '404.html')
    .map((name) => [name, readFileSync(join(paths.siteDir, name), 'utf8')]),
);
const idsOf = new Map(
  [...pages].map(([name, html]) => [
    name,
    new Set([...html.matchAll(/ id="([^"]+)"/g)].map((match) => decodeEntities(match[1]!))),
  ]),
);

function decodeEntities(text: string): string {
  return text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'");
}

test('has the pages of docs/ and the reference of every package', () => {
  const expected = readdirSync(paths.docsDir, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => name.replace(/\.md$/, '.html'));
  expect(expected.filter((name) => !pages.has(name))).toEqual([]);
  const reference = pages.get('reference/index.html')!;
  for (const name of ['sdk', 'sdk/node', 'sdk/react-native', 'react', 'server-sdk', 'zego', 'zego/web']) {
    expect(reference).toContain(`>@polyroom/${name}<`);
  }
  expect([...pages.keys()]).toEqual(
    expect.arrayContaining([expect.stringMatching(/^reference\/.*Client\.html$/)]),
  );
});

test('has every operation of the REST API and every frame of the client protocol', () => {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(paths.docsDir, name), 'utf8'));
  const { paths: routes } = read('openapi.json') as {
    paths: Record<string, Record<string, { operationId: string; tags: [string] }>>;
  };
  const operations = Object.values(routes).flatMap((methods) => Object.values(methods));
  expect(operations.length).toBeGreaterThan(100);
  for (const { operationId, tags } of operations) {
    expect(idsOf.get(`rest/${tags[0].toLowerCase()}.html`)).toContain(operationId.toLowerCase());
  }
  const { components } = read('asyncapi.json') as { components: { messages: object } };
  const frames = Object.keys(components.messages).map((key) => key.split('.'));
  for (const [kind, ...name] of frames.filter(([first]) => first === 'request' || first === 'event')) {
    expect(pages.get(`frames/${kind}s.html`)).toContain(`id="${name.join('').toLowerCase()}"`);
  }
});

test('the navigation leads to every page of docs/', () => {
  const top = readdirSync(paths.docsDir).filter((name) => name.endsWith('.md'));
  expect(top.filter((name) => !listNavigated().includes(name))).toEqual([]);
});

test('no internal link or anchor is broken', () => {
  const broken: string[] = [];
  let links = 0;
  for (const [name, html] of pages) {
    for (const match of html.matchAll(/ (?:href|src)="([^"]+)"/g)) {
      const target = decodeEntities(match[1]!);
      if (/^(?:[a-z]+:|\/\/)/.test(target)) {
        continue;
      }
      links++;
      const [path = '', anchor = ''] = target.split('#');
      const joined = path === '' ? name : join(dirname(name), decodeURIComponent(path.replace(/\?.*/, '')));
      const file =
        joined === '.' || joined === './' || joined.endsWith('/') ? join(joined, 'index.html') : joined;
      const ids = idsOf.get(file);
      if (
        ids === undefined
          ? !existsSync(join(paths.siteDir, file))
          : anchor !== '' && !ids.has(decodeURIComponent(anchor))
      ) {
        broken.push(`${name}: ${target}`);
      }
    }
  }
  expect(links).toBeGreaterThan(1000);
  expect([...new Set(broken)]).toEqual([]);
});

test('needs no exception of the content security policy', () => {
  const inline = /<script(?![^>]* src=)[^>]*>|<style|<[^>]* style="|<[^>]* on[a-z]+="/;
  const found = [...pages].flatMap(([name, html]) => {
    const match = inline.exec(html);
    return match === null ? [] : [`${name}: ${html.slice(match.index, match.index + 120)}`];
  });
  expect(found).toEqual([]);
});

test('draws Mermaid diagrams without styles of their own', () => {
  const html = drawDiagram('flowchart LR\n  a[one] -- to --> b[(two)]\n');
  expect(html).toMatch(/^<div class="diagram" tabindex="0" v-pre><svg/);
  expect(html).toContain('>one<');
  expect(html).not.toMatch(/<style| style=|@import|\n/);
  expect(() => drawDiagram('no diagram')).toThrow();
});

test('moves inline scripts to files, relative to the page', () => {
  const dir = join(paths.workspaceDir, 'dist', 'spec-site');
  const html = moveInlineScripts(
    '<script id="a">one()</script><script src="b.js"></script>',
    join(dir, 'deep/page.html'),
    dir,
  );
  const [, file] = /src="\.\.\/(assets\/inline\.\w+\.js)"/.exec(html)!;
  expect(readFileSync(join(dir, file!), 'utf8')).toBe('one()');
  expect(html).toContain('<script id="a" src=');
  expect(html).toContain('<script src="b.js">');
});
