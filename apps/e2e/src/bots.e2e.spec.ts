import { type ChildProcess, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { SharedCluster } from './support/shared-cluster.js';
import { type TestApp } from './support/test-cluster.js';

const rootDir = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const mediaWithinMs = 60_000;

let testCluster: SharedCluster;
let app: TestApp;
const bots: ChildProcess[] = [];

beforeAll(async () => {
  testCluster = await SharedCluster.attach();
  app = await testCluster.createApp({ multiRoom: true });
}, 180_000);
afterAll(async () => {
  bots.forEach((bot) => bot.kill());
  await testCluster?.close();
});

/** Runs the example; its native WebRTC package runs in a process of its own. */
function startBot(env: Record<string, string>): { output(): string; end(): Promise<number | null> } {
  const bot = spawn(process.execPath, ['libs/client/examples/bot.mjs'], {
    cwd: rootDir,
    env: {
      APP_ID: String(app.appId),
      APP_SIGN: app.appSign,
      ROOM_ID: 'stage',
      SERVER: testCluster.cluster.gateways[0]!.httpUrl,
      ...env,
    },
  });
  bots.push(bot);
  const chunks: string[] = [];
  bot.stdout.on('data', (chunk) => chunks.push(String(chunk)));
  bot.stderr.on('data', (chunk) => chunks.push(String(chunk)));
  const closed = new Promise<number | null>((resolve) => bot.once('close', resolve));
  return {
    output: () => chunks.join(''),
    end: () => {
      bot.stdin.end();
      return closed;
    },
  };
}

test('a bot in Node.js publishes audio and video that another bot receives', async () => {
  const publisher = startBot({ STREAM_ID: 'bot-camera' });
  await waitFor(() => publisher.output().includes('published'), {
    timeoutMs: mediaWithinMs,
    describe: 'the bot to publish',
  });
  const player = startBot({ PLAY_STREAM_ID: 'bot-camera' });
  const exitCode = await player.end();
  expect(player.output()).toBe('received\n');
  expect(exitCode).toBe(0);
  expect(await publisher.end()).toBe(0);
  expect(publisher.output()).toBe('published\n');
});
