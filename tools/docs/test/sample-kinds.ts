import { type PageBlock } from './code-blocks.js';

/** What the tests do with a code block. */
export type SampleKind = 'run' | 'compiled' | 'parsed' | 'drawn' | 'excerpt';

const docsSamples = 'apps/e2e/src/docs-samples.e2e.spec.ts';
const serverSdk = 'libs/server-sdk/src/package.spec.ts';
const firstHour = 'tools/check/src/first-hour/first-hour.ts';

/** The specs and checks that run the samples of a page, all of these languages. */
export const runs: { page: string; languages: string[]; by: string }[] = [
  { page: 'README.md', languages: ['sh', 'ts'], by: docsSamples },
  { page: 'docs/api-keys.md', languages: ['sh'], by: docsSamples },
  { page: 'docs/messages.md', languages: ['sh'], by: docsSamples },
  { page: 'docs/migrate-agora.md', languages: ['ts'], by: docsSamples },
  { page: 'docs/migrate-livekit.md', languages: ['ts'], by: docsSamples },
  { page: 'docs/multi-room.md', languages: ['sh', 'ts'], by: docsSamples },
  { page: 'docs/operations.md', languages: ['sh'], by: docsSamples },
  { page: 'docs/operators.md', languages: ['sh'], by: docsSamples },
  { page: 'docs/recording.md', languages: ['sh'], by: 'apps/e2e/src/recording.e2e.spec.ts' },
  { page: 'docs/server-sdk.md', languages: ['ts', 'python', 'go'], by: serverSdk },
  { page: 'docs/start.md', languages: ['sh', 'html'], by: firstHour },
  { page: 'docs/webhooks.md', languages: ['sh', 'ts'], by: docsSamples },
  { page: 'docs/zego-server-api.md', languages: ['sh'], by: docsSamples },
];

/** Pages of which each command is parsed by the program that it starts. */
const parsedCommands = ['docs/cli.md', 'docs/sizing.md'];

/** How many code blocks are excerpts, by reason: what a test would need to run or compile them, or what they are. */
export const excerptReasons: Record<string, number> = {
  'a diagram in text': 4,
  'a difference': 3,
  'a format': 3,
  'code of another SDK': 2,
  'needs Docker': 6,
  'needs Kubernetes': 12,
  'needs a database of its own': 3,
  'needs a registry': 4,
  'needs systemd': 4,
  output: 4,
  settings: 6,
  'starts a cluster': 3,
};

/** Undefined: none of the tests does anything with the block. */
export function kindOf({ excerpt, language, page }: PageBlock): SampleKind | undefined {
  if (excerpt !== undefined) {
    return 'excerpt';
  }
  if (runs.some((run) => run.page === page && run.languages.includes(language))) {
    return 'run';
  }
  switch (language) {
    case 'ts':
    case 'tsx':
      return 'compiled';
    case 'json':
      return 'parsed';
    case 'mermaid':
      return 'drawn';
    default:
      return language === 'sh' && parsedCommands.includes(page) ? 'parsed' : undefined;
  }
}
