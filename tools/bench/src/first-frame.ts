import { BrowserUser, launchBrowser, startCluster } from '@polyroom/cluster';
import { freePort, waitFor } from '@polyroom/testing';
import { DelayProxy } from './delay-proxy.js';
import { median } from './interleave.js';
import { type BenchResult } from './report.js';

const rttsMs = [10, 50, 150];
const trials = 8;
const rooms = ['room-1', 'room-2', 'room-3'];
const cases = ['room1', 'roomN', 'announced', 'perRoom'] as const;
type Case = (typeof cases)[number];
const appId = 44;
/** Media is announced under a separate address, on which the proxy listens. */
const announced = '127.0.0.2';

/**
 * Measures the time from the call of `loginRoom` to the first frame: for the first room, which opens the
 * connection and the transports, and for a further room, which opens nothing. The client plays right after
 * the login call, because it knows the stream ID; for one more room it waits until the login has announced
 * the stream. The baseline is the same client with a connection per room. The slope over the RTT is the
 * number of round trips.
 */
export async function firstFrame(rootDir: string): Promise<BenchResult> {
  const mediaPort = await freePort();
  const cluster = await startCluster({
    rootDir,
    consolePort: await freePort(),
    mediaWorkers: 1,
    mediaEnv: {
      POLYROOM_MEDIA_ANNOUNCED_ADDRESS: announced,
      POLYROOM_MEDIA_PORT_BASE: String(mediaPort),
    },
    logLevel: 'warn',
  });
  const browser = await launchBrowser();
  const gatewayPort = Number(new URL(cluster.gateways[0]!.httpUrl).port);
  const proxy = await DelayProxy.start(
    { listen: { host: announced, port: mediaPort }, target: { host: '127.0.0.1', port: mediaPort } },
    { host: '127.0.0.1', port: gatewayPort },
  );
  try {
    await cluster.ready();
    const { appSign } = await cluster.admin.createApp({ appId, name: 'bench', credentialKinds: ['appSign'] });
    await cluster.admin.setEntitlement(appId, 'multiRoom', true);
    const open = (userId: string): Promise<BrowserUser> =>
      BrowserUser.open(browser, cluster.consoleUrl!, {
        appId,
        appSign,
        gatewayUrl: proxy.gatewayUrl,
        userId,
      });
    for (const room of rooms) {
      const publisher = await open(`publisher-${room}`);
      await publisher.login(room);
      await publisher.publish(`camera-${room}`, room);
      await waitFor(async () => (await publisher.uplinkStats()).packetsSent > 50, {
        timeoutMs: 20_000,
        describe: `the camera of ${room}`,
      });
    }
    const timeOf = (user: BrowserUser, room: string, when: 'at once' | 'when announced' = 'at once') =>
      user.timeToFirstFrame(room, `camera-${room}`, when);
    const rows: (string | number)[][] = [];
    const medians: Record<Case, number[]> = { room1: [], roomN: [], announced: [], perRoom: [] };
    for (const rttMs of rttsMs) {
      const times: Record<Case, number[]> = { room1: [], roomN: [], announced: [], perRoom: [] };
      for (let trial = 0; trial < trials; trial += 1) {
        proxy.rttMs = rttMs;
        const user = await open(`viewer-${rttMs}-${trial}`);
        const first = await timeOf(user, rooms[0]!);
        const further = await timeOf(user, rooms[1]!);
        const announced = await timeOf(user, rooms[2]!, 'when announced');
        await user.close();
        // Another connection for another room, as a system with a connection per room needs it.
        const other = await open(`other-${rttMs}-${trial}`);
        const separate = await timeOf(other, rooms[1]!);
        await other.close();
        proxy.rttMs = 0;
        if (trial > 0) {
          times.room1.push(first);
          times.roomN.push(further);
          times.announced.push(announced);
          times.perRoom.push(separate);
        }
      }
      for (const name of cases) {
        medians[name].push(median(times[name]));
      }
      rows.push([rttMs, ...cases.map((name) => median(times[name]))]);
    }
    return {
      figures: {
        slopeRoom1: slope(rttsMs, medians.room1),
        slopeRoomN: slope(rttsMs, medians.roomN),
        slopeRoomNWhenTold: slope(rttsMs, medians.announced),
        slopePerRoomConnection: slope(rttsMs, medians.perRoom),
        speedupVsPerRoom: median(medians.perRoom.map((time, index) => time / medians.roomN[index]!)),
      },
      columns: [
        'RTT (ms)',
        'room 1 (ms)',
        'a further room (ms)',
        'one more, after the stream is announced (ms)',
        'baseline: a connection per room (ms)',
      ],
      rows,
      notes: [
        `medians of ${trials - 1} trials at each RTT, after one as a warm-up`,
        'publishers have no delay; the RTT applies to the WebSocket and the media of the viewer',
        'slopes are least squares over the RTTs: round trips until the first frame',
      ],
    };
  } finally {
    proxy.close();
    await browser.close();
    await cluster.close();
  }
}

function slope(xs: readonly number[], ys: readonly number[]): number {
  const meanOf = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [meanOf(xs), meanOf(ys)];
  const covariance = xs.reduce((sum, x, index) => sum + (x - meanX) * (ys[index]! - meanY), 0);
  const variance = xs.reduce((sum, x) => sum + (x - meanX) ** 2, 0);
  return covariance / variance;
}
