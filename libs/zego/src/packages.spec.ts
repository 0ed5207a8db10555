import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ProtocolServer } from '@polyroom/testing/client';
import { type Application, installPacked, rootDir } from '../test/packed.js';

const bin = (name: string): string => join(rootDir, 'node_modules', '.bin', name);
let application: Application;
let server: ProtocolServer;

beforeAll(async () => {
  application = await installPacked(process.env);
  server = await ProtocolServer.start();
});
afterAll(async () => {
  await server.close();
  await application.remove();
});

/** A program that loads the library into a context with few globals, and joins a room there. */
function bareRuntime(url: string): string {
  return `const { readFileSync } = require('node:fs');
  const { dirname, resolve } = require('node:path');
  const { createContext, runInContext } = require('node:vm');
  const { atob, btoa, clearInterval, clearTimeout, performance, queueMicrotask, setInterval, setTimeout, TextEncoder } =
    globalThis;
  const context = createContext({
    ...{ atob, btoa, clearInterval, clearTimeout, performance, queueMicrotask, setInterval, setTimeout, TextEncoder },
  });
  const load = (path) => {
    const module = { exports: {} };
    const source = readFileSync(path, 'utf8');
    const run = runInContext('(function (module, exports, require) {' + source + '\\n})', context, path);
    run(module, module.exports, (name) => load(resolve(dirname(path), name)));
    return module.exports;
  };
  const { Client } = load(require.resolve('@polyroom/sdk'));
  const client = new Client({ appId: 1, server: '${url}', platform: { WebSocket } });
  const main = async () => {
    const { roomId } = await client.join('room1', { user: { userId: 'me', userName: 'Me' } });
    await client.send(roomId, 'hello');
    await client.sendBytes(roomId, new (runInContext('Uint8Array', context))(3));
    await client.close();
    console.log('left', roomId);
  };
  main();`;
}

describe('the packed client libraries', () => {
  test.each(['sdk', 'zego', 'react'])('@polyroom/%s passes publint and are-the-types-wrong', async (name) => {
    const home = join(application.dir, 'node_modules/@polyroom', name);
    await application.run(bin('publint'), ['run', home, '--strict', '--pack', 'false']);
    const tarball = application.tarballs.find((path) => path.includes(`polyroom-${name}-`))!;
    await application.run(bin('attw'), [tarball, '--no-emoji', '--profile', 'node16']);
  });

  test.each(['sdk', 'zego', 'react'])('@polyroom/%s has its README, changelog and licence', async (name) => {
    const home = join(application.dir, 'node_modules/@polyroom', name);
    const { version } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as { version: string };
    expect(await readFile(join(home, 'README.md'), 'utf8')).toContain(`# @polyroom/${name}\n`);
    expect(await readFile(join(home, 'CHANGELOG.md'), 'utf8')).toContain(`\n## ${version}\n`);
    expect(await readFile(join(home, 'LICENSE'), 'utf8')).toContain('Apache License');
  });

  test.each(['client', 'zego', 'react'])(
    'libs/%s stays within its size budgets, and one name costs at most 1 kB',
    async (name) => {
      await application.run(bin('size-limit'), [], join(rootDir, 'libs', name));
    },
  );

  test.each([
    ['ESM', 'main.mjs', "import { Client } from '@polyroom/sdk';"],
    ['CommonJS', 'main.cjs', "const { Client } = require('@polyroom/sdk');"],
  ])('join a room in Node.js as %s', async (_, file, load) => {
    await application.write(
      file,
      `${load}
      const client = new Client({ appId: 1, server: '${server.url}' });
      const main = async () => {
        const { roomId } = await client.join('room1', { user: { userId: 'me', userName: 'Me' } });
        await client.send(roomId, 'hello');
        await client.close();
        console.log('left', roomId);
      };
      main();`,
    );
    expect(await application.run(process.execPath, [file])).toBe('left room1\n');
  });

  test('join a room in a runtime without globals other than those of ECMAScript and timers', async () => {
    await application.write('bare.cjs', bareRuntime(server.url));
    expect(await application.run(process.execPath, ['bare.cjs'])).toBe('left room1\n');
  });

  test('log in to a room in Node.js through the names of ZEGO', async () => {
    await application.write(
      'zego.mjs',
      `import { ZegoExpressEngine, ZegoRoomMode } from '@polyroom/zego';
      ZegoExpressEngine.setRoomMode(ZegoRoomMode.MultiRoom);
      const engine = await ZegoExpressEngine.createEngineWithProfile({ appID: 1, server: '${server.url}' });
      console.log((await engine.loginRoom('room1', { userID: 'me', userName: 'Me' })).errorCode);
      await ZegoExpressEngine.destroyEngine();`,
    );
    expect(await application.run(process.execPath, ['zego.mjs'])).toBe('0\n');
  });

  test.each([
    ['ESM', 'react.mjs', (name: string) => `import * as ${name.replace(/\W/g, '_')} from '${name}';`],
    ['CommonJS', 'react.cjs', (name: string) => `const ${name.replace(/\W/g, '_')} = require('${name}');`],
  ])(
    'render the components of React on a server as %s, where no client is created',
    async (_, file, load) => {
      await application.write(
        file,
        `${['react', 'react-dom/server', '@polyroom/react'].map(load).join('\n')}
      const { createElement } = react;
      const { RoomsProvider, StreamView, useRoom, useStreams } = _polyroom_react;
      function Stage() {
        const { state } = useRoom('stage');
        const view = createElement(StreamView, { streamId: 'cam', roomId: 'stage' });
        return createElement('p', null, state, useStreams('stage').length, view);
      }
      const props = { user: { userId: 'me', userName: 'Me' }, options: {} };
      const page = createElement(RoomsProvider, props, createElement(Stage));
      console.log(react_dom_server.renderToStaticMarkup(page));`,
      );
      expect(await application.run(process.execPath, [file])).toBe(
        '<p>left0<video playsInline="" data-stream-id="cam" data-state="ended"></video></p>\n',
      );
      const home = join(application.dir, 'node_modules/@polyroom/react/dist');
      // For React's server components.
      for (const name of ['index.js', 'index.cjs']) {
        expect(await readFile(join(home, name), 'utf8')).toMatch(/^['"]use client['"];/);
      }
    },
  );

  test.each([
    ['nodenext', 'nodenext'],
    ['node16', 'node16'],
    ['preserve', 'bundler'],
  ])('have types that need no other package (module %s, resolution %s)', async (module, resolution) => {
    await application.write(
      'types.ts',
      `import { Client, type ErrorName, type Platform, type RoomStateInfo } from '@polyroom/sdk';
      import { nodePlatform } from '@polyroom/sdk/node';
      import { reactNativePlatform } from '@polyroom/sdk/react-native';
      import { ZegoExpressEngine } from '@polyroom/zego';
      import { ZegoExpressEngine as WebEngine } from '@polyroom/zego/web';
      import { type RoomHandle, StreamView, useRoom } from '@polyroom/react';
      const client = new Client({ appId: 1, server: 'https://a' });
      export const remove: () => void = client.on('roomStateChanged', (info: RoomStateInfo) => info.roomId);
      export const engine: ZegoExpressEngine = ZegoExpressEngine.instance;
      export const web = new WebEngine(1, 'https://a');
      declare const webRtc: Parameters<typeof reactNativePlatform>[0]['webRtc'];
      export const platforms: Partial<Platform>[] = [nodePlatform(webRtc), reactNativePlatform({ webRtc })];
      export const view: Parameters<typeof StreamView>[0] = { streamId: 'a', roomId: ['b', 'c'], muted: true };
      export const handle: (roomId: string) => RoomHandle = useRoom;
      export const full: ErrorName = 'ROOM_EXCEED_MAXIMUM_MEMBER';
      // @ts-expect-error --- There is no such name.
      export const wrong: ErrorName = 'ROOM_IS_FULL';
      // @ts-expect-error --- The user is missing.
      await client.join('room1', {});`,
    );
    const settings = ['--noEmit', '--strict', '--target', 'es2023', '--lib', 'es2023,dom'];
    // The slower compiler is that of most applications.
    const name = module === 'nodenext' ? 'typescript' : 'typescript7';
    const compiler = join(rootDir, 'node_modules', name, 'bin/tsc');
    const args = [compiler, ...settings, '--module', module, '--moduleResolution', resolution, 'types.ts'];
    await application.run(process.execPath, args);
  });

  test('are bundled by Vite without schemas, with media in a chunk of its own', async () => {
    await application.write('index.html', '<script type="module" src="/app.js"></script>');
    await application.write('app.js', "import { Client } from '@polyroom/sdk'; window.Client = Client;");
    await application.run(bin('vite'), ['build', '--logLevel', 'error']);
    const assets = join(application.dir, 'dist/assets');
    const files = await readdir(assets);
    const texts = await Promise.all(files.map((file) => readFile(join(assets, file), 'utf8')));
    expect(texts.length).toBeGreaterThan(1);
    expect(texts.join('')).not.toContain('ZodError');
    const [entry] = files.filter((file) => file.startsWith('index-'));
    expect(texts[files.indexOf(entry!)]).not.toContain('RTCPeerConnection');
  });
});
