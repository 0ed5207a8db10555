import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { transformerStyleToClass } from '@shikijs/transformers';
import { slug } from 'github-slugger';
import { defineConfig } from 'vitepress';
import { drawDiagrams } from './diagrams.js';
import { moveInlineScripts } from './inline-scripts.js';
import { sidebar } from './navigation.js';
import { paths } from './paths.js';

/** Style attributes need an exception of the content security policy; classes do not. */
const codeColours = transformerStyleToClass({ classPrefix: 'c-' });
const codeStyles = 'code.css';

// VitePress 2 before its release: it uses the Vite of the workspaces, and has relative bases. Version 1 has neither.
export default defineConfig({
  srcDir: paths.stageDir,
  outDir: paths.siteDir,
  cacheDir: join(paths.stageDir, '.cache'),
  // Relative, so that the site works behind a proxy under any path.
  base: './',
  title: 'Polyroom',
  description:
    'A self-hosted cluster for real-time audio, video and messages: one user in many rooms at once.',
  // VitePress replaces the placeholder by the way from each page to the root.
  head: [
    ['link', { rel: 'stylesheet', href: `/__VP_BASE__/${codeStyles}` }],
    ['link', { rel: 'icon', href: '/__VP_BASE__/icon.svg' }],
  ],
  // Light or dark as the system is; a style element would suppress transitions.
  appearance: { disableTransition: false },
  lastUpdated: false,
  // The default is a style attribute.
  contentProps: {},
  markdown: {
    // Of the repository's pages: links to their sections work in both.
    anchor: { slugify: slug },
    codeTransformers: [codeColours],
    config: drawDiagrams,
  },
  themeConfig: {
    siteTitle: 'Polyroom',
    nav: [
      { text: 'Start', link: '/start.html' },
      { text: 'Multi-room login', link: '/multi-room.html' },
      { text: 'SDK reference', link: '/reference/' },
      { text: 'REST', link: '/rest/' },
      { text: 'Errors', link: '/errors.html' },
    ],
    sidebar: sidebar(),
    outline: { level: [2, 3] },
    search: {
      provider: 'local',
      options: {
        detailedView: false,
        miniSearch: {
          options: { processTerm },
          searchOptions: { combineWith: 'OR', boostDocument },
        },
      },
    },
    docFooter: { prev: false, next: false },
  },
  transformHtml: (html, file, { siteConfig }) =>
    // The attribute is of a menu that is closed, and set again when it opens.
    moveInlineScripts(html.replaceAll(' style="--vp-vh:0px;"', ''), file, siteConfig.outDir),
  // When every page has been highlighted.
  buildEnd: ({ outDir }) => writeFile(join(outDir, codeStyles), codeColours.getCSS()),
});

// The next two run in the browser too: VitePress passes their source on, so they refer to nothing outside themselves.

function processTerm(term: string): string | null {
  const word = term.toLowerCase();
  const unspecific = [
    'a',
    'an',
    'the',
    'in',
    'on',
    'of',
    'to',
    'for',
    'from',
    'and',
    'or',
    'is',
    'it',
    'my',
    'do',
    'i',
    'how',
    'when',
    'with',
    'one',
  ];
  return unspecific.includes(word) ? null : word;
}

/** Guides before the references and the reasons behind the design. */
function boostDocument(id: string): number {
  if (/^\/(reference|decisions)\//.test(id)) {
    return 0.3;
  }
  // Names of operations and frames occur in other pages too.
  return /^\/(rest|frames)\//.test(id) ? 0.6 : 1;
}
