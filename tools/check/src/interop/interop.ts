import { BrowserUser, type Cluster, launchBrowser, startCluster } from '@polyroom/cluster';
import { freePort, waitFor } from '@polyroom/testing';
import { issueNativeToken } from '@polyroom/tokens';
import { randomInt } from 'node:crypto';
import { type Browser } from 'playwright-core';
import { GstreamerEncoder } from './gstreamer-encoder.js';

const room = 'studio';
const stream = 'gstreamer';
/** ICE consent (30 s) and some. */
const killedWithinMs = 45_000;

/** A real encoder, GStreamer, publishes through WHIP and is seen in Chromium; what is left when it goes. */
export async function checkInterop(rootDir: string): Promise<boolean> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const cluster = await startCluster({ rootDir, logLevel: 'warn', consolePort: await freePort() });
  let browser: Browser | undefined;
  try {
    await cluster.ready();
    browser = await launchBrowser();
    return await publishAndWatch(rootDir, cluster, browser, say);
  } finally {
    await browser?.close();
    await cluster.close();
  }
}

async function publishAndWatch(
  rootDir: string,
  cluster: Cluster,
  browser: Browser,
  say: (line: string) => void,
): Promise<boolean> {
  const appId = randomInt(1, 0xffffffff);
  const { appSign, serverSecret } = await cluster.admin.createApp({ appId, name: 'interop' });
  const gatewayUrl = cluster.gateways[0]!.wsUrl;
  const viewer = await BrowserUser.open(browser, cluster.consoleUrl!, {
    appId,
    appSign,
    gatewayUrl,
    userId: 'viewer',
  });
  await cluster.admin.setEntitlement(appId, 'multiRoom', true);
  if ((await viewer.login(room)) !== 0) {
    throw new Error('the viewer cannot log in');
  }
  const token = await issueNativeToken({
    appId,
    userId: 'encoder',
    secret: serverSecret,
    effectiveTimeSeconds: 600,
    rooms: [{ roomId: room, rights: ['login', 'publish'] }],
    streams: [stream],
  });
  const gateway = gatewayUrl.replace(/^ws/, 'http').replace(/\/ws$/, '');
  const endpoint = `${gateway}/v1/apps/${appId}/rooms/${room}/streams/${stream}/whip`;
  const countRemovals = async (): Promise<number> =>
    (await viewer.record()).streamUpdates.filter(({ updateType }) => updateType === 1).length;

  const startedAtMs = performance.now();
  const encoder = await GstreamerEncoder.start(rootDir, endpoint, token);
  try {
    await viewer.play(stream, room);
    await waitFor(
      async () => {
        const { audioPackets, framesDecoded } = await viewer.playStats();
        return framesDecoded >= 50 && audioPackets >= 50;
      },
      { timeoutMs: 20_000, describe: 'pictures and sound of GStreamer in Chromium' },
    );
    const { audioPackets, framesDecoded } = await viewer.playStats();
    const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
    say(
      `gstreamerFramesInChromium = ${framesDecoded} (${audioPackets} audio packets, ${seconds} s after its start)`,
    );
    await encoder.stop('SIGTERM');
    await waitFor(async () => (await countRemovals()) === 1, {
      timeoutMs: 5000,
      describe: 'the stream to end with the DELETE',
    });
    say('endedWithDelete = true');
  } finally {
    await encoder.stop('SIGKILL');
  }

  const killed = await GstreamerEncoder.start(rootDir, endpoint, token);
  await killed.stop('SIGKILL');
  const killedAtMs = performance.now();
  await waitFor(async () => (await countRemovals()) === 2, {
    timeoutMs: killedWithinMs,
    describe: 'the stream of the killed encoder to end',
  });
  say(`killedEncoderGoneAfterMs = ${Math.round(performance.now() - killedAtMs)}`);
  return (await cluster.admin.listUserRooms(appId, 'encoder')).length === 0;
}
