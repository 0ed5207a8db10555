import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import ts from 'typescript';
import { type Face, faces, snippets } from './snippets.js';
import { type Setup, type Step } from './step.js';

const folder = join(dirname(fileURLToPath(import.meta.url)), 'compiled');
/** What the code leaves to the application. */
const application = `export {};
declare global {
  const client: import('@polyroom/sdk').Client;
  const media: MediaStream;
  const mediaStream: MediaStream;
  const localStream: MediaStream;
  const video: HTMLVideoElement;
  const token: string;
  const deviceId: string;
  function fetchToken(roomId: string): Promise<string>;
}
`;
const packages: Record<Face, string> = {
  core: '@polyroom/sdk',
  react: '@polyroom/react',
  zego: '@polyroom/zego',
  zegoWeb: '@polyroom/zego/web',
};
/** The engines of both faces have the same name. */
const engines: Partial<Record<Face, string>> = {
  zego: "declare const engine: import('@polyroom/zego').ZegoExpressEngine;",
  zegoWeb: "declare const engine: import('@polyroom/zego/web').ZegoExpressEngine;",
};

const setup: Setup = {
  appId: 42,
  server: ['https://gw1.example.com', 'https://gw2.example.com'],
  user: { userId: "o'hara", userName: 'Öhara "O" \\' },
  roomMode: 'multi',
};
const odd = 'it\'s "here" \\ ${room}';
const own = { source: 'camera', streamId: 'ada-stream' } as const;
const screen = { ...own, source: 'screen' } as const;
const two = ['stage', odd];

const steps: Record<Step['type'], Step[]> = {
  join: [{ type: 'join', roomIds: two }],
  leave: [{ type: 'leave', roomId: odd }],
  leaveAll: [{ type: 'leaveAll' }],
  move: [{ type: 'move', from: 'stage', to: odd }],
  publish: [
    { type: 'publish', ...own, roomIds: [] },
    { type: 'publish', ...own, roomIds: ['stage', 'hall', 'lobby'] },
    { type: 'publish', ...screen, roomIds: two },
  ],
  unpublish: [
    { type: 'unpublish', ...own },
    { type: 'unpublish', ...screen },
  ],
  share: [
    { type: 'share', ...own, roomId: odd, roomIds: two },
    { type: 'share', ...screen, roomId: 'stage', roomIds: ['stage'] },
  ],
  unshare: [{ type: 'unshare', ...own, roomId: 'stage', roomIds: [] }],
  mute: [
    { type: 'mute', ...own, kind: 'audio', isMuted: true, roomId: odd, roomIds: two },
    { type: 'mute', ...screen, kind: 'video', isMuted: false, roomId: 'stage', roomIds: two },
  ],
  device: [
    { type: 'device', device: 'camera', streamId: 'ada-stream', roomIds: two },
    { type: 'device', device: 'microphone', streamId: 'ada-stream', roomIds: two },
  ],
  play: [{ type: 'play', streamId: 'bob-stream', roomId: odd }],
  stop: [{ type: 'stop', streamId: 'bob-stream', roomId: odd }],
  message: [{ type: 'message', roomId: odd, text: 'line one\nline two' }],
  barrage: [{ type: 'barrage', roomId: odd, text: odd }],
  command: [
    { type: 'command', roomId: odd, text: odd, userIds: [] },
    { type: 'command', roomId: odd, text: odd, userIds: ['bob', odd] },
  ],
  attribute: [
    { type: 'attribute', roomId: odd, key: odd, value: odd },
    { type: 'attribute', roomId: odd, key: 'topic', value: '' },
  ],
  token: [{ type: 'token', roomIds: two }],
  network: [{ type: 'network' }],
};

/** The errors of the compiler, with the packages as applications have them. */
function compile(files: Record<string, string>): string[] {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    jsx: ts.JsxEmit.ReactJSX,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    types: [],
    strict: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: true,
    noEmit: true,
  };
  const texts = new Map(Object.entries(files).map(([name, text]) => [join(folder, name), text]));
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile, readFile } = host;
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.readFile = (path) => texts.get(path) ?? readFile(path);
  host.getSourceFile = (path, version, ...more) => {
    const text = texts.get(path);
    return text === undefined
      ? getSourceFile(path, version, ...more)
      : ts.createSourceFile(path, text, version);
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText, start = 0 }) => {
    const { line } = file?.getLineAndCharacterOfPosition(start) ?? { line: 0 };
    const at = file?.text.split('\n')[line] ?? '';
    return `${file?.fileName.slice(folder.length + 1)}: ${ts.flattenDiagnosticMessageText(messageText, ' ')} in: ${at}`;
  });
}

function allSnippets(): Record<string, string> {
  const files: Record<string, string> = {};
  for (const face of faces) {
    for (const [type, list] of Object.entries(steps)) {
      for (const [index, step] of list.entries()) {
        for (const roomMode of type === 'join' ? (['multi', 'single'] as const) : (['multi'] as const)) {
          const code = snippets[face](step, { ...setup, roomMode });
          const engine = type === 'join' ? '' : (engines[face] ?? '');
          files[`${face}-${type}-${index}-${roomMode}.tsx`] = `${code}\n${engine}\nexport {};\n`;
        }
      }
    }
  }
  return files;
}

test('the code of every step compiles in every face, and wrong code does not', () => {
  const wrong = 'await client.joyn();\nexport {};\n';
  const found = compile({ 'application.d.ts': application, 'wrong.tsx': wrong, ...allSnippets() });
  expect(found).toEqual([expect.stringMatching(/^wrong\.tsx: Property 'joyn' does not exist/)]);
});

test.each(faces)('the code of %s names its package, and holds no credentials', (face) => {
  const code = snippets[face]({ type: 'join', roomIds: two }, setup);
  expect(code).toContain(`from '${packages[face]}'`);
  expect(code).toContain('fetchToken');
  expect(code).not.toMatch(/appSign/i);
});
