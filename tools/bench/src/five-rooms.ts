import { Bus } from '@polyroom/bus';
import { BrowserUser, type Cluster, launchBrowser, startCluster } from '@polyroom/cluster';
import { mediaRpc } from '@polyroom/contracts';
import { freePort, waitFor } from '@polyroom/testing';
import { type Browser } from 'playwright-core';
import { interleave, median } from './interleave.js';
import { type BenchResult } from './report.js';
import { measureRoomMemory } from './room-memory.js';

const roomCount = 5;
const rounds = 6;
const sampleMs = 3000;
const appId = 42;
const entitlements = { multiRoom: true, maxRoomsPerUser: roomCount };

/**
 * One user with one camera in five rooms. Counts the cost in the browser (sockets, uplink) and on the media
 * node (handshakes), against the same camera in one room and against one session per room, as in systems in
 * which a room is a connection.
 */
export async function fiveRooms(rootDir: string): Promise<BenchResult> {
  const cluster = await startCluster({ rootDir, consolePort: await freePort(), logLevel: 'warn' });
  const browser = await launchBrowser();
  const bus = await Bus.connect({ url: cluster.natsUrl, name: 'bench' });
  try {
    await cluster.ready();
    const { appSign } = await cluster.admin.createApp({ appId, name: 'bench', credentialKinds: ['appSign'] });
    for (const [name, value] of Object.entries(entitlements)) {
      await cluster.admin.setEntitlement(appId, name, value);
    }
    const bench = new FiveRooms(cluster, browser, bus, appSign);
    const result = await bench.run();
    const memory = await measureRoomMemory(rootDir);
    return {
      ...result,
      figures: {
        ...result.figures,
        rssPerExtraRoomVsFirst: memory.ratio,
        rssFirstRoomKiB: memory.firstRoomBytes / 1024,
        rssExtraRoomKiB: memory.extraRoomBytes / 1024,
      },
    };
  } finally {
    await bus.close();
    await browser.close();
    await cluster.close();
  }
}

interface Cost {
  sockets: number;
  handshakes: number;
}

class FiveRooms {
  constructor(
    private readonly cluster: Cluster,
    private readonly browser: Browser,
    private readonly bus: Bus,
    private readonly appSign: string,
  ) {}

  async run(): Promise<BenchResult> {
    const user = await this.open('one-session');
    for (let room = 1; room <= roomCount; room++) {
      await enter(user, `room-${room}`);
    }
    await user.publish('stream-one', 'room-1');
    await this.waitForUplink(user);

    // The camera in five rooms and in one, alternately: the same browser, encoder and minute.
    const uplink = await interleave(
      {
        name: 'five rooms',
        sample: async () => {
          for (let room = 2; room <= roomCount; room++) {
            await user.share('stream-one', `room-${room}`);
          }
          return packetsPerSecond(user);
        },
      },
      {
        name: 'one room',
        sample: async () => {
          for (let room = 2; room <= roomCount; room++) {
            await user.unshare('stream-one', `room-${room}`);
          }
          return packetsPerSecond(user);
        },
      },
      rounds,
    );
    const one = await this.costOf([user]);
    await user.close();

    // A session per room: one person needs the connections of five users.
    const separate: BrowserUser[] = [];
    for (let room = 1; room <= roomCount; room++) {
      const session = await this.open(`separate-${room}`);
      await enter(session, `separate-room-${room}`);
      await session.publish(`separate-stream-${room}`, `separate-room-${room}`);
      await this.waitForUplink(session);
      separate.push(session);
    }
    const five = await this.costOf(separate);
    const separateRates = await Promise.all(separate.map(packetsPerSecond));
    const separateRate = separateRates.reduce((sum, rate) => sum + rate, 0);
    await Promise.all(separate.map((session) => session.close()));

    const oneRoomRate = median(uplink.values['one room']!);
    return {
      figures: {
        sockets: one.sockets,
        handshakes: one.handshakes,
        uplinkVsOneRoom: uplink.medianRatio,
        socketsOfSeparateSessions: five.sockets,
        handshakesOfSeparateSessions: five.handshakes,
        uplinkOfSeparateSessionsVsOneRoom: separateRate / oneRoomRate,
      },
      columns: ['', 'sockets', 'DTLS handshakes', 'uplink packets/s (median)'],
      rows: [
        ['one session, one room', one.sockets, one.handshakes, oneRoomRate],
        ['one session, five rooms', one.sockets, one.handshakes, median(uplink.values['five rooms']!)],
        ['baseline: a session per room', five.sockets, five.handshakes, separateRate],
      ],
      notes: [
        `uplinkVsOneRoom is the median of ${uplink.ratios.length} interleaved rounds: ${uplink.ratios.map((ratio) => ratio.toFixed(3)).join(' ')}`,
        'rss: gateways, room service, media node and workers over 400 users, after garbage collection; each extra room is a membership and a share',
        'handshakes are those that the media node completed, for sending and receiving together',
      ],
    };
  }

  private open(userId: string): Promise<BrowserUser> {
    return BrowserUser.open(this.browser, this.cluster.consoleUrl!, {
      appId,
      appSign: this.appSign,
      gatewayUrl: this.cluster.gateways[0]!.wsUrl,
      userId,
    });
  }

  private async waitForUplink(user: BrowserUser): Promise<void> {
    await waitFor(async () => (await user.uplinkStats()).packetsSent > 50, {
      timeoutMs: 20_000,
      describe: `the uplink of ${user.userId}`,
    });
  }

  private async costOf(users: BrowserUser[]): Promise<Cost> {
    const records = await Promise.all(users.map((user) => user.record()));
    const { sessions } = await this.bus.requestNode(mediaRpc.dumpNode, 'nd_1', {});
    const names = new Set(users.map((user) => user.userId));
    const transports = sessions
      .filter((session) => names.has(session.userId))
      .flatMap((session) => session.transports);
    return {
      sockets: records.reduce((sum, record) => sum + record.socketsMade, 0),
      handshakes: transports.reduce((sum, transport) => sum + transport.handshakes, 0),
    };
  }
}

async function enter(user: BrowserUser, roomId: string): Promise<void> {
  const code = await user.login(roomId);
  if (code !== 0) {
    throw new Error(`${user.userId} cannot enter ${roomId}: ${code}`);
  }
}

/** Measured over a fixed window by the sender's RTP counters. */
async function packetsPerSecond(user: BrowserUser): Promise<number> {
  const before = await user.uplinkStats();
  const startedAtMs = performance.now();
  await new Promise((resolve) => setTimeout(resolve, sampleMs));
  const after = await user.uplinkStats();
  return (after.packetsSent - before.packetsSent) / ((performance.now() - startedAtMs) / 1000);
}
