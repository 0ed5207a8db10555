import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type DefaultTheme } from 'vitepress';
import { paths } from './paths.js';

type Entry = [text: string, page: string];

/** By task. A page that does not exist in docs/ is left out; a spec demands an entry for every page. */
const groups: { text: string; collapsed?: boolean; entries: Entry[] }[] = [
  {
    text: 'Start',
    entries: [
      ['Five-minute start', 'start.md'],
      ['Concepts', 'concepts.md'],
      ['Multi-room login', 'multi-room.md'],
      ['Playground', 'playground.md'],
      ['Two sample apps', 'samples.md'],
      ['Troubleshooting', 'troubleshooting.md'],
    ],
  },
  {
    text: 'Build an application',
    entries: [
      ['The client SDK', 'client.md'],
      ['React', 'react.md'],
      ['ZEGO names', 'sdk.md'],
      ['Messages', 'messages.md'],
      ['Tokens from your backend', 'server-sdk.md'],
      ['Webhooks', 'webhooks.md'],
      ['Recording', 'recording.md'],
      ['OBS, WHIP and WHEP', 'interop.md'],
      ['Command line', 'cli.md'],
    ],
  },
  {
    text: 'Move to Polyroom',
    entries: [
      ['From ZEGO', 'migrate-zego.md'],
      ['From LiveKit', 'migrate-livekit.md'],
      ['From Agora', 'migrate-agora.md'],
    ],
  },
  {
    text: 'Run a cluster',
    entries: [
      ['Self-hosting', 'self-hosting.md'],
      ['Scaling', 'scaling.md'],
      ['Sizing', 'sizing.md'],
      ['Security', 'security.md'],
      ['Operations', 'operations.md'],
      ['Metrics', 'metrics.md'],
      ['Runbooks', 'runbooks.md'],
      ['Console', 'console.md'],
      ['Operators', 'operators.md'],
      ['API keys', 'api-keys.md'],
      ['Logging', 'logging.md'],
    ],
  },
  {
    text: 'Reference',
    entries: [
      ['SDK reference', 'reference/index.md'],
      ['REST', 'rest/index.md'],
      ['Client protocol', 'protocol.md'],
      ['Requests of clients', 'frames/requests.md'],
      ['Events of clients', 'frames/events.md'],
      ['Errors', 'errors.md'],
      ['Features and quotas', 'limits.md'],
      ['Configuration', 'configuration.md'],
      ['ZEGO’s calls', 'zego.md'],
      ['ZEGO’s server API', 'zego-server-api.md'],
      ['Authorisation', 'authorisation.md'],
      ['Glossary', 'glossary.md'],
    ],
  },
  {
    text: 'How it works',
    collapsed: true,
    entries: [
      ['Architecture', 'architecture.md'],
      ['Room rules', 'room-rules.md'],
      ['Media nodes', 'media.md'],
      ['Benchmarks', 'benchmarks.md'],
      ['Testing', 'testing.md'],
      ['Decisions', 'decisions/index.md'],
    ],
  },
];

/** Pages that the build writes. */
const writtenPages = [
  'reference/index.md',
  'decisions/index.md',
  'rest/index.md',
  'frames/requests.md',
  'frames/events.md',
];

function exists(page: string): boolean {
  const file = page.replace(/#.*/, '');
  return writtenPages.includes(file) || existsSync(join(paths.docsDir, file));
}

function linkTo(page: string): string {
  return `/${page.replace(/(^|\/)index\.md$/, '$1').replace(/\.md/, '.html')}`;
}

export function sidebar(): DefaultTheme.SidebarItem[] {
  return groups.map(({ text, collapsed, entries }) => ({
    text,
    collapsed: collapsed ?? false,
    items: entries
      .filter(([, page]) => exists(page))
      .map(([label, page]) => ({ text: label, link: linkTo(page) })),
  }));
}

/** The pages of docs/ that the navigation names. */
export function listNavigated(): string[] {
  return groups.flatMap(({ entries }) => entries.map(([, page]) => page.replace(/#.*/, '')));
}
