import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bus } from '@polyroom/bus';
import { type Cluster, startCluster } from '@polyroom/cluster';
import { type MediaKind, mediaRpc } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { Random } from '../invariants/random.js';
import { MediaClient } from './media-client.js';

export interface OperationOptions {
  count: number;
  seed: number;
  say: (line: string) => void;
}

const appId = 43;
const nodeIds = ['nd_1', 'nd_2'];
const rooms = ['room1', 'room2', 'room3'];
const userCount = 8;
/** Concurrent operations. */
const width = 6;

/**
 * Runs random joins, leaves, shares, plays, broken sockets and killed workers; returns what is left after all
 * have left.
 */
export async function runOperations(
  rootDir: string,
  { count, say, seed }: OperationOptions,
): Promise<string[]> {
  const cluster = await startCluster({
    rootDir,
    mediaNodes: nodeIds.length,
    mediaWorkers: 2,
    sessionGraceMs: 1500,
    logLevel: 'error',
  });
  const bus = await Bus.connect({ url: cluster.natsUrl, name: 'check' });
  try {
    await cluster.ready();
    const { appSign } = await cluster.admin.createApp({ appId, name: 'check', credentialKinds: ['appSign'] });
    await cluster.admin.setEntitlement(appId, 'multiRoom', true);
    const choices = new Random(seed);
    const random = (): number => choices.next();
    const users = Array.from({ length: userCount }, (_, index) => new User(cluster, appSign, index, random));
    let kills = 0;
    const harm = async (): Promise<void> => {
      const { workers } = await bus.requestNode(mediaRpc.dumpNode, nodeIds[Math.floor(random() * 2)]!, {});
      const worker = workers[Math.floor(random() * workers.length)];
      if (worker !== undefined) {
        kills += 1;
        process.kill(worker.pid, 'SIGKILL');
      }
    };
    let left = count;
    const lane = async (own: User[]): Promise<void> => {
      while (left > 0) {
        left -= 1;
        await (random() < 0.01 ? harm() : own[Math.floor(random() * own.length)]!.doSomething());
      }
    };
    await Promise.all(
      Array.from({ length: width }, (_, index) =>
        lane(users.filter((_user, user) => user % width === index)),
      ),
    );
    say(`${count} operations done, ${kills} workers killed`);
    await Promise.all(users.map((user) => user.leave()));
    return await findLeftovers(bus);
  } finally {
    await bus.close();
    await cluster.close();
  }
}

class User {
  private client: MediaClient | undefined;
  private rtpCapabilities: Record<string, unknown> | undefined;

  constructor(
    private readonly cluster: Cluster,
    private readonly appSign: string,
    private readonly index: number,
    private readonly random: () => number,
  ) {}

  async doSomething(): Promise<void> {
    if (this.client === undefined || this.rtpCapabilities === undefined) {
      await this.login();
      return;
    }
    const roomId = this.pick(rooms);
    const own = `stream-${this.index}`;
    const other = `stream-${Math.floor(this.random() * userCount)}`;
    const { client } = this;
    switch (Math.floor(this.random() * 12)) {
      case 0:
        client.close();
        this.client = undefined;
        return;
      case 1:
        await client.call('room.logout', { roomId });
        return;
      case 2:
      case 3:
        await this.login(roomId);
        return;
      case 4:
      case 5:
        await this.publish(own, roomId);
        return;
      case 6:
        await client.call('stream.share', { streamId: own, roomId });
        return;
      case 7:
        await client.call('stream.unshare', { streamId: own, roomId });
        return;
      case 8:
        await client.call('stream.stopPlay', { streamId: other, roomId });
        return;
      case 9:
        await client.call('stream.mute', {
          streamId: own,
          kind: 'audio',
          muted: this.random() < 0.5,
          roomId,
        });
        return;
      default:
        await client.call('stream.play', { streamId: other, roomId, rtpCapabilities: this.rtpCapabilities });
        await client.call('stream.resume', { streamId: other });
    }
  }

  async leave(): Promise<void> {
    await this.client?.call('room.logout', {});
    this.client?.close();
  }

  private async login(roomId = this.pick(rooms)): Promise<void> {
    this.client ??= await MediaClient.connect(this.cluster.gateways[this.index % 2]!.wsUrl);
    const userId = `user-${this.index}`;
    const result = await this.client.call('room.login', {
      appId,
      appSign: this.appSign,
      mode: 'multi',
      roomId,
      user: { userId, userName: userId },
    });
    this.rtpCapabilities = result?.media?.routerRtpCapabilities ?? this.rtpCapabilities;
  }

  private async publish(streamId: string, roomId: string): Promise<void> {
    await this.client!.call('stream.publish', { streamId, channel: 0, roomId });
    for (const kind of ['audio', 'video'] as const) {
      await this.client!.call('stream.produce', { streamId, kind, rtpParameters: this.rtpParameters(kind) });
    }
    await this.client!.call('stream.share', { streamId, roomId });
  }

  private rtpParameters(kind: MediaKind) {
    const ssrc = 1 + Math.floor(this.random() * 0xffff_fff0);
    const codec =
      kind === 'audio'
        ? { mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }
        : { mimeType: 'video/VP8', payloadType: 96, clockRate: 90_000 };
    return { mid: `${kind[0]}${ssrc % 1_000_000}`, codecs: [codec], encodings: [{ ssrc }] };
  }

  private pick<T>(values: readonly T[]): T {
    return values[Math.floor(this.random() * values.length)]!;
  }
}

/**
 * Sessions, pipes, transports, producers, consumers and sockets that should not exist. Between two workers of
 * a node one pair of PipeTransports stays, as documented.
 */
async function findLeftovers(bus: Bus): Promise<string[]> {
  const look = async (): Promise<string[]> => {
    const found: string[] = [];
    for (const nodeId of nodeIds) {
      const dump = await bus.requestNode(mediaRpc.dumpNode, nodeId, {});
      for (const part of ['sessions', 'pipes', 'pipesIn', 'pipesOut'] as const) {
        if (dump[part].length > 0) {
          found.push(`${nodeId}: ${part} ${JSON.stringify(dump[part])}`);
        }
      }
      const { workers } = await bus.requestNode(mediaRpc.dumpWorkers, nodeId, {});
      for (const { consumers, pid, producers, transports } of workers) {
        if (consumers + producers > 0 || transports > workers.length - 1) {
          found.push(`${nodeId}: worker ${pid} holds ${transports} transports, ${producers}/${consumers}`);
        }
        // One UDP and one TCP port of the WebRtcServer, and one for each pair.
        const sockets = await countSockets(pid);
        if (sockets > 2 + transports) {
          found.push(`${nodeId}: worker ${pid} has ${sockets} network sockets, not ${2 + transports}`);
        }
      }
    }
    return found;
  };
  let found: string[] = [];
  await waitFor(async () => (found = await look()).length === 0, {
    timeoutMs: 15_000,
    describe: 'empty nodes',
    intervalMs: 500,
  }).catch(() => sleep(0));
  return found;
}

/** IPv4 sockets of a process; the channels to its parent are of another type. */
async function countSockets(pid: number): Promise<number> {
  const tables = await Promise.all(
    ['udp', 'tcp'].map((table) => readFile(`/proc/${pid}/net/${table}`, 'utf8')),
  );
  const inodes = new Set(
    tables.flatMap((table) =>
      table
        .split('\n')
        .slice(1)
        .map((line) => line.trim().split(/\s+/)[9])
        .filter((inode) => inode !== undefined),
    ),
  );
  let inet = 0;
  for (const fd of await readdir(`/proc/${pid}/fd`)) {
    const link = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '');
    inet += inodes.has(/^socket:\[(\d+)\]$/.exec(link)?.[1] ?? '') ? 1 : 0;
  }
  return inet;
}
