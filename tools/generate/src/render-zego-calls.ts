import { nativeCalls } from '@polyroom/zego';
import { webCalls, type ZegoCall, type ZegoCallCategory } from '@polyroom/zego/web';

type Calls = Record<string, ZegoCall>;

/** The categories that a migrating application depends on. */
export const coreCategories: readonly ZegoCallCategory[] = ['room', 'stream', 'message', 'token'];
const categories: readonly ZegoCallCategory[] = [...coreCategories, 'device', 'other'];

/** Renders `docs/zego.md`: every call of ZEGO's SDKs, and how it behaves here. */
export function renderZegoCalls(): string {
  return `${[
    '# ZEGO’s calls',
    '',
    '<!-- Generated from native-calls.ts and web-calls.ts in libs/zego by tools/generate. Do not edit: run',
    '`npm run build` and `node tools/generate/dist/main.js`. A spec fails if this page is stale. -->',
    '',
    '`@polyroom/zego` has the names of ZEGO’s native SDKs, `@polyroom/zego/web` those of its Web SDK. An absent call',
    'throws 1000010 with the text of this page. [sdk.md](sdk.md) describes the native names.',
    '',
    ...renderShares('Native', nativeCalls),
    ...renderShares('Web', webCalls),
    '## Web SDK',
    '',
    'The calls, events and string states of zego-express-engine-webrtc 3.12:',
    '',
    '<!-- excerpt: a difference -->',
    '',
    '```diff',
    "-import { ZegoExpressEngine } from 'zego-express-engine-webrtc';",
    "+import { ZegoExpressEngine } from '@polyroom/zego/web';",
    '',
    "-const engine = new ZegoExpressEngine(appID, 'wss://webliveroom.example');",
    "+const engine = new ZegoExpressEngine(appID, 'https://gateway.example.com');",
    '```',
    '',
    '- `loginRoom`, `switchRoom`, `createStream` and `startPlayingStream` reject with a `ZegoError` (`errorCode`,',
    '  `extendedData`, `message`). Calls that return a response resolve with its `errorCode`.',
    '- `startPublishingStream` returns whether publishing begins; the outcome follows in `publisherStateUpdate`.',
    '- `startPlayingStream` needs no room: it plays in the rooms that show the stream, or waits in all rooms.',
    '- Options of ZEGO without a counterpart, such as `startBitrate`, are accepted without effect. Options that ZEGO does',
    '  not have are refused with 1000017.',
    '',
    ...renderTable(webCalls),
    '## Native SDKs',
    '',
    'The calls of zego-express-engine-reactnative 3.22, which has those of the other native SDKs:',
    '',
    ...renderTable(nativeCalls),
  ].join('\n')}`;
}

/** How many of the calls of these categories are the same. */
export function countSame(
  calls: Calls,
  wanted: readonly ZegoCallCategory[],
): { same: number; different: number; absent: number; all: number } {
  const chosen = Object.values(calls).filter(({ category }) => wanted.includes(category));
  const count = (status: ZegoCall['status']): number =>
    chosen.filter((call) => call.status === status).length;
  return { same: count('same'), different: count('different'), absent: count('absent'), all: chosen.length };
}

function renderShares(face: string, calls: Calls): string[] {
  const row = (label: string, wanted: readonly ZegoCallCategory[]): string => {
    const { absent, all, different, same } = countSame(calls, wanted);
    const share = ((100 * same) / all).toFixed(1);
    return `| ${label} | ${all} | ${same} | ${different} | ${absent} | ${share} % |`;
  };
  return [
    `| ${face} | calls | same | different | absent | same |`,
    '| --- | --- | --- | --- | --- | --- |',
    ...categories.map((category) => row(category, [category])),
    row(`**${coreCategories.join(', ')}**`, coreCategories),
    row('all', categories),
    '',
  ];
}

function renderTable(calls: Calls): string[] {
  const sorted = Object.entries(calls).sort(([left], [right]) => (left < right ? -1 : 1));
  const rows = sorted.map(
    ([name, { category, note = '', status }]) => `| \`${name}\` | ${category} | ${status} | ${note} |`,
  );
  return ['| call | | | |', '| --- | --- | --- | --- |', ...rows, ''];
}
