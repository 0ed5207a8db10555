import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { AdminClient } from '@polyroom/cluster';
import { waitFor } from '@polyroom/testing';
import { Application } from '../packages/application.js';

const room = 'images';
const stream = 'pattern';
const publishedWithinMs = 60_000;

/** One client publishes with the command line, another one plays it. Returns the frames that arrived. */
export async function publishAndPlay(
  rootDir: string,
  dir: string,
  gatewayUrl: string,
  adminToken: string,
): Promise<number> {
  const admin = new AdminClient(gatewayUrl, adminToken);
  const appId = randomInt(1, 0xffffffff);
  const { serverSecret } = await admin.createApp({ appId, name: 'images', credentialKinds: ['native'] });
  // The command line enters rooms in this mode.
  await admin.setEntitlement(appId, 'multiRoom', true);
  const checkout = Application.at(rootDir);
  const program = join(rootDir, 'apps/cli/dist/polyroom.js');
  const env = {
    XDG_CONFIG_HOME: dir,
    POLYROOM_URL: gatewayUrl,
    POLYROOM_APP_ID: String(appId),
    POLYROOM_API_KEY: adminToken,
    POLYROOM_SERVER_SECRET: serverSecret,
  };
  const start = (args: string[]) => checkout.start(process.execPath, [program, ...args], { env });
  const publisher = start(['publish', '--room', room, '--stream', stream, '--test-pattern']);
  try {
    await waitFor(
      async () => (await start(['rooms', 'streams', room, '--json']).ended).includes(`"${stream}"`),
      { timeoutMs: publishedWithinMs, describe: 'the stream to be published', intervalMs: 200 },
    ).catch((error: unknown) => {
      throw new Error(`no stream is published:\n${publisher.output()}`, { cause: error });
    });
    const played = await start([
      ...['play', '--room', room, '--stream', stream, '--duration', '3s', '--json'],
    ]).ended;
    return Number(/"frames": ?(\d+)/.exec(played)?.[1] ?? 0);
  } finally {
    publisher.child.kill('SIGINT');
    // Ctrl-C ends it with a status of its own.
    await publisher.ended.catch(() => undefined);
  }
}
