import { webCalls } from '@polyroom/zego/web';

/** Renders `docs/zego-web.md`: every call of ZEGO's Web SDK, and how it behaves here. */
export function renderZegoCalls(): string {
  const calls = Object.entries(webCalls).sort(([left], [right]) => (left < right ? -1 : 1));
  const count = (wanted: string): number => calls.filter(([, { status }]) => status === wanted).length;
  const rows = calls.map(([name, { note = '', status }]) => `| \`${name}\` | ${status} | ${note} |`);
  return `${[
    '# ZEGO’s Web SDK',
    '',
    '<!-- Generated from libs/zego/src/web/web-calls.ts by tools/generate. Do not edit: run `npm run build`',
    'and `node tools/generate/dist/main.js`. A spec fails if this page is stale. -->',
    '',
    '`@polyroom/zego/web` has the calls, events and string states of zego-express-engine-webrtc 3.12:',
    '',
    '```diff',
    "-import { ZegoExpressEngine } from 'zego-express-engine-webrtc';",
    "+import { ZegoExpressEngine } from '@polyroom/zego/web';",
    '',
    "-const engine = new ZegoExpressEngine(appID, 'wss://webliveroom.example');",
    "+const engine = new ZegoExpressEngine(appID, 'https://gateway.example.com');",
    '```',
    '',
    `Of ${calls.length} calls ${count('same')} are the same, ${count('different')} differ as noted, and ` +
      `${count('absent')} are absent. An absent call throws 1000010 with the text of this table.`,
    '',
    '- `loginRoom`, `switchRoom`, `createStream` and `startPlayingStream` reject with a `ZegoError` (`errorCode`,',
    '  `extendedData`, `message`). Calls that return a response resolve with its `errorCode`.',
    '- `startPublishingStream` returns whether publishing begins; the outcome follows in `publisherStateUpdate`.',
    '- `startPlayingStream` needs no room: it plays in the rooms that show the stream, or waits in all rooms.',
    '',
    '| call | | |',
    '| --- | --- | --- |',
    ...rows,
  ].join('\n')}\n`;
}
