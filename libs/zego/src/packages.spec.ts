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

describe('the packed client libraries', () => {
  test.each(['sdk', 'zego'])('@polyroom/%s passes publint and are-the-types-wrong', async (name) => {
    const home = join(application.dir, 'node_modules/@polyroom', name);
    await application.run(bin('publint'), ['run', home, '--strict', '--pack', 'false']);
    const tarball = application.tarballs.find((path) => path.includes(`polyroom-${name}-`))!;
    await application.run(bin('attw'), [tarball, '--no-emoji', '--profile', 'node16']);
  });

  test('stay within their size budgets, and one enum costs less than 1 kB', async () => {
    await application.run(bin('size-limit'), [], join(rootDir, 'libs/client'));
  });

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
    ['nodenext', 'nodenext'],
    ['preserve', 'bundler'],
  ])('have types that need no other package (module %s, resolution %s)', async (module, resolution) => {
    await application.write(
      'types.ts',
      `import { Client, type RoomStateInfo } from '@polyroom/sdk';
      import { ZegoExpressEngine } from '@polyroom/zego';
      const client = new Client({ appId: 1, server: 'https://a' });
      export const remove: () => void = client.on('roomStateChanged', (info: RoomStateInfo) => info.roomId);
      export const engine: ZegoExpressEngine = ZegoExpressEngine.instance;
      // @ts-expect-error --- The user is missing.
      await client.join('room1', {});`,
    );
    const settings = ['--noEmit', '--strict', '--target', 'es2023', '--lib', 'es2023,dom'];
    const compiler = join(rootDir, 'node_modules/typescript/bin/tsc');
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
