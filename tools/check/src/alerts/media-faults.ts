import { chmod, copyFile, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '@polyroom/testing';
import { Application, type Running } from '../packages/application.js';
import { type AlertsWorld } from './alerts-world.js';
import { type Fault } from './fault.js';
import { intervalSeconds } from './scaled-rules.js';

const streamId = 'recorded';
const publishesWithinMs = 60_000;
const worker = (world: AlertsWorld): string => join(world.folder, 'mediasoup-worker');

export const mediaFaults: Fault[] = [
  {
    name: 'an ffmpeg that fails',
    remedies: { PolyroomRecordingsFail: 'disk space, the permissions of the directory, or FFmpeg' },
    provoke: async (world) => {
      const ffmpeg = join(world.folder, 'ffmpeg');
      await writeFile(ffmpeg, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
      await world.restart('media-1', { env: { POLYROOM_FFMPEG_BIN: ffmpeg } });
      const bot = startPublisher(world);
      world.begin(() => bot.child.kill());
      await waitFor(() => bot.output().includes('published'), {
        timeoutMs: publishesWithinMs,
        describe: 'the bot to publish',
      });
      await sleep(2.5 * intervalSeconds * 1000);
      const recordings = `/v1/apps/${world.app.appId}/streams/${streamId}/recordings`;
      // It may be refused, because the ffmpeg has ended by then.
      await world.cluster.admin.send('POST', recordings).catch(() => undefined);
    },
    cure: (world) => world.restart('media-1'),
    restore: (world) => world.endBegun(),
  },
  {
    name: 'a media worker killed, and its binary gone',
    remedies: {
      PolyroomMediaWorkerDied: 'It was replaced',
      PolyroomMediaWorkersMissing: 'Then restart the pod',
    },
    provoke: async (world) => {
      await copyFile(process.env['MEDIASOUP_WORKER_BIN']!, worker(world));
      await chmod(worker(world), 0o755);
      await world.restart('media-1', { env: { MEDIASOUP_WORKER_BIN: worker(world) } });
      // Scraped at least twice before the death.
      await sleep(2.5 * intervalSeconds * 1000);
      await rename(worker(world), `${worker(world)}.gone`);
      const [pid] = await childrenOf(world.cluster.process('media-1').pid!);
      process.kill(pid!, 'SIGKILL');
    },
    cure: async (world) => {
      await rename(`${worker(world)}.gone`, worker(world));
      await world.restart('media-1');
    },
  },
];

function startPublisher({ rootDir, app, cluster }: AlertsWorld): Running {
  return Application.at(rootDir).start(process.execPath, ['libs/client/examples/bot.mjs'], {
    env: {
      ...{ APP_ID: String(app.appId), APP_SIGN: app.appSign, ROOM_ID: 'stage', STREAM_ID: streamId },
      SERVER: cluster.gateways[0]!.httpUrl,
    },
    input: true,
  });
}

async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.trim().split(' ').filter(Boolean).map(Number);
}
