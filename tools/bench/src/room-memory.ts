import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cluster } from '@polyroom/cluster';
import { WebSocket } from 'ws';

const warmUpUsers = 60;
const measuredUsers = 240;
const roomsPerUser = 5;
const membersPerRoom = 10;
const usersAtOnce = 10;
const settleMs = 4000;
const rtpParametersOf = (kind: string, ssrc: number) => ({
  mid: kind,
  codecs: [
    kind === 'audio'
      ? { mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }
      : { mimeType: 'video/VP8', payloadType: 96, clockRate: 90_000 },
  ],
  encodings: [{ ssrc }],
});

export interface RoomMemory {
  firstRoomBytes: number;
  extraRoomBytes: number;
  ratio: number;
}

/**
 * What a user's first room costs in the memory of gateways, room service, media node and its workers
 * (a socket, a session, two transports, a published camera), and what each further room adds (a membership
 * and a share of the same camera). Everything stays open, so nothing is measured twice.
 */
export async function measureRoomMemory(
  cluster: Cluster,
  app: { appId: number; appSign: string },
): Promise<RoomMemory> {
  const open = (index: number): Promise<MemoryUser> =>
    MemoryUser.connect(cluster.gateways[index % cluster.gateways.length]!.wsUrl, app, index);
  const users: MemoryUser[] = [];
  try {
    await inGroups(range(0, warmUpUsers), async (index) => {
      const user = await open(index);
      users.push(user);
      for (let room = 0; room < roomsPerUser; room += 1) {
        await user.enter(room);
      }
    });
    const before = await settledBytes(cluster);
    const measured: MemoryUser[] = [];
    await inGroups(range(warmUpUsers, warmUpUsers + measuredUsers), async (index) => {
      const user = await open(index);
      users.push(user);
      measured.push(user);
      await user.enter(0);
    });
    const withFirst = await settledBytes(cluster);
    await inGroups(measured, async (user) => {
      for (let room = 1; room < roomsPerUser; room += 1) {
        await user.enter(room);
      }
    });
    const withAll = await settledBytes(cluster);
    const firstRoomBytes = (withFirst - before) / measuredUsers;
    const extraRoomBytes = (withAll - withFirst) / measuredUsers / (roomsPerUser - 1);
    return { firstRoomBytes, extraRoomBytes, ratio: extraRoomBytes / firstRoomBytes };
  } finally {
    users.forEach((user) => user.close());
  }
}

/** The smallest of some looks: what waits to be collected is not held. */
async function settledBytes(cluster: Cluster): Promise<number> {
  let smallest = Infinity;
  for (let look = 0; look < 4; look += 1) {
    await sleep(settleMs / 4);
    smallest = Math.min(smallest, residentBytes(cluster));
  }
  return smallest;
}

function residentBytes(cluster: Cluster): number {
  const pids = ['gateway-1', 'gateway-2', 'room-1', 'media-1'].flatMap((name) => {
    const { pid } = cluster.process(name);
    return pid === undefined ? [] : [pid, ...childrenOf(pid)];
  });
  return pids.reduce((sum, pid) => {
    const kibibytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return sum + Number(kibibytes ?? 0) * 1024;
  }, 0);
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[1]) === parent;
      } catch {
        return false;
      }
    })
    .map(Number);
}

class MemoryUser {
  private nextId = 1;
  private readonly waiting = new Map<number, (code: number) => void>();

  private constructor(
    private readonly socket: WebSocket,
    private readonly app: { appId: number; appSign: string },
    private readonly index: number,
  ) {
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString('utf8')) as { id?: number; error?: { code: number } };
      if (frame.id !== undefined) {
        this.waiting.get(frame.id)?.(frame.error?.code ?? 0);
        this.waiting.delete(frame.id);
      }
    });
  }

  static async connect(
    url: string,
    app: { appId: number; appSign: string },
    index: number,
  ): Promise<MemoryUser> {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('error', reject);
    });
    return new MemoryUser(socket, app, index);
  }

  /** The first room publishes the camera, the others show it too. */
  async enter(room: number): Promise<void> {
    const userId = `memory-${this.index}`;
    const streamId = `memory-camera-${this.index}`;
    const roomId = this.roomIdOf(room);
    await this.ask('room.login', {
      ...this.app,
      mode: 'multi',
      roomId,
      user: { userId, userName: userId },
    });
    if (room === 0) {
      await this.ask('stream.publish', { streamId, channel: 0, roomId });
      for (const [offset, kind] of ['audio', 'video'].entries()) {
        const rtpParameters = rtpParametersOf(kind, 1 + this.index * 2 + offset);
        await this.ask('stream.produce', { streamId, kind, kinds: ['audio', 'video'], rtpParameters });
      }
    }
    await this.ask('stream.share', { streamId, roomId });
  }

  close(): void {
    this.socket.close();
  }

  private roomIdOf(room: number): string {
    return `memory-${room}-${Math.floor(this.index / membersPerRoom)}`;
  }

  private async ask(method: string, params: unknown): Promise<void> {
    const id = this.nextId++;
    const code = await new Promise<number>((resolve) => {
      this.waiting.set(id, resolve);
      this.socket.send(JSON.stringify({ id, method, params }));
    });
    if (code !== 0) {
      throw new Error(`${method} answers ${code}`);
    }
  }
}

async function inGroups<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let first = 0; first < items.length; first += usersAtOnce) {
    await Promise.all(items.slice(first, first + usersAtOnce).map(work));
  }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
