import { startCluster } from '@polyroom/cluster';
import { WebSocket } from 'ws';
import { createBenchApp, limitsOfUsers } from './bench-app.js';
import { CollectedMemory, inspectorFlags } from './collected-memory.js';

const appId = 43;
const warmUpUsers = 100;
const groups = 4;
const usersPerGroup = 100;
const roomsPerUser = 5;
const membersPerRoom = 10;
const usersAtOnce = 10;
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
 * Measures what a user's first room costs in the memory of gateways, room service, media node and its workers
 * (a socket, a session, two transports, a published camera), and what each further room adds (a membership
 * and a share of the same camera). Users are added in groups, each first with one room and then with all, so
 * that growth over time affects both. Everything stays open, so nothing is measured twice.
 */
export async function measureRoomMemory(rootDir: string): Promise<RoomMemory> {
  const logs: { process: string; text: string }[] = [];
  const cluster = await startCluster({
    rootDir,
    logLevel: 'warn',
    nodeFlags: inspectorFlags,
    onLog: ({ process, text }) => logs.push({ process, text }),
  });
  const users: MemoryUser[] = [];
  try {
    await cluster.ready();
    const limits = { maxRoomsPerUser: roomsPerUser, unlimited: limitsOfUsers };
    const appSign = await createBenchApp(cluster, appId, limits);
    const memory = await CollectedMemory.of(
      ['gateway-1', 'gateway-2', 'room-1', 'media-1'].map((name) => ({
        name,
        pid: cluster.process(name).pid!,
      })),
      logs,
    );
    const come = (count: number): Promise<MemoryUser[]> =>
      inGroups(range(users.length, users.length + count), async (index) => {
        const { wsUrl } = cluster.gateways[index % cluster.gateways.length]!;
        const user = await MemoryUser.connect(wsUrl, { appId, appSign }, index);
        users.push(user);
        await user.enter(0);
        return user;
      });
    const enterAll = (group: MemoryUser[]): Promise<unknown> =>
      inGroups(group, async (user) => {
        for (let room = 1; room < roomsPerUser; room += 1) {
          await user.enter(room);
        }
      });
    await enterAll(await come(warmUpUsers));
    let [firstBytes, extraBytes] = [0, 0];
    let before = await memory.bytes();
    for (let group = 0; group < groups; group += 1) {
      const measured = await come(usersPerGroup);
      const withFirst = await memory.bytes();
      await enterAll(measured);
      const withAll = await memory.bytes();
      firstBytes += withFirst - before;
      extraBytes += withAll - withFirst;
      before = withAll;
    }
    memory.close();
    const firstRoomBytes = firstBytes / groups / usersPerGroup;
    const extraRoomBytes = extraBytes / groups / usersPerGroup / (roomsPerUser - 1);
    return { firstRoomBytes, extraRoomBytes, ratio: extraRoomBytes / firstRoomBytes };
  } finally {
    users.forEach((user) => user.close());
    await cluster.close();
  }
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

  /** The first room publishes the camera, the others share it. */
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

async function inGroups<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let first = 0; first < items.length; first += usersAtOnce) {
    results.push(...(await Promise.all(items.slice(first, first + usersAtOnce).map(work))));
  }
  return results;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
