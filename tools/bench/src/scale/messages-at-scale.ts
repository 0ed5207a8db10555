import {
  DiscardPolicy,
  jetstreamManager,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import { Bus, LogAppends, openStream } from '@polyroom/bus';
import { eventSubject, roomFact, roomMessage, type StoredMessages, subjectToken } from '@polyroom/contracts';
import { type RunningServer, startNats } from '@polyroom/testing';
import { readCpuSeconds } from '../fan-out/process-cost.js';
import { inParallel } from '../login-raw.js';
import { pick, roomOf, roomsOf } from './crowd.js';
import { GatewaySocket } from './gateway-socket.js';
import { residentBytes } from '../collected-memory.js';

const appId = 7;
/** The members of a room are spread over these, for every number of users: a message costs one copy for each. */
const gateways = 4;
const streamName = `roomlog-${appId}`;
const subjectPrefix = `roomlog.${appId}`;
/** As in the messaging service (apps/messaging/src/log). */
const maxAgeMs = 3600_000;
const maxEntriesPerRoom = 10_000;
const acknowledgedWithinMs = 10_000;
const nanosPerMs = 1_000_000;

const inFlight = 64;
const messagesPerSample = 5000;
const text = 'x'.repeat(100);

/** The messages of a crowd: the log of an AppID on JetStream, and the subscriptions of its gateways. */
export class MessagesAtScale {
  users = 0;
  private pass = 0;
  private readonly lastSeqs = new Map<string, number>();

  private constructor(
    private readonly server: RunningServer,
    private readonly bus: Bus,
    private readonly manager: JetStreamManager,
    private readonly appends: LogAppends,
    private readonly sockets: GatewaySocket[],
    private readonly roomsPerUser: number,
  ) {}

  static async start(roomsPerUser: number): Promise<MessagesAtScale> {
    const server = await startNats({ jetStream: true });
    const bus = await Bus.connect({ url: server.url, name: 'messaging' });
    const manager = await jetstreamManager(bus.natsConnection);
    await openStream(manager, {
      ...{ name: streamName, subjects: [`${subjectPrefix}.*`], storage: StorageType.File },
      ...{ retention: RetentionPolicy.Limits, discard: DiscardPolicy.Old, max_age: maxAgeMs * nanosPerMs },
      ...{ max_msgs_per_subject: maxEntriesPerRoom, allow_direct: true },
      republish: {
        src: `${subjectPrefix}.*`,
        dest: `${roomMessage.name}.${appId}.{{wildcard(1)}}`,
      },
    });
    const appends = new LogAppends(bus.natsConnection, bus.createInbox(), acknowledgedWithinMs);
    const sockets = await Promise.all(
      Array.from({ length: gateways }, () => GatewaySocket.open(server.port)),
    );
    return new MessagesAtScale(server, bus, manager, appends, sockets, roomsPerUser);
  }

  /**
   * The gateways subscribe to the rooms of further users, and each of these rooms gets a message. Returns the memory of
   * NATS for one room, in bytes: the subscriptions, and the place of the room in the log.
   */
  async growTo(users: number): Promise<number> {
    const before = residentBytes([this.server.pid!]);
    const roomIds = [...roomsOf(this.users, users, this.roomsPerUser)];
    const subjects = roomIds.flatMap((roomId) => [
      eventSubject(roomFact, { appId, roomId }),
      eventSubject(roomMessage, { appId, roomId }),
    ]);
    for (const socket of this.sockets) {
      await socket.subscribe(subjects);
    }
    await inParallel(roomIds.length, inFlight, (index) => this.send(roomIds[index]!));
    this.users = users;
    return (residentBytes([this.server.pid!]) - before) / roomIds.length;
  }

  /** CPU time of NATS for one message, in µs: stored, acknowledged, and delivered to the gateways of its room. */
  async sample(): Promise<number> {
    const rooms = pick(this.users, this.pass++).map((user) => roomOf(user, 0));
    const before = readCpuSeconds(this.server.pid!);
    // One after the other in each room, as messaging stores them.
    await inParallel(rooms.length, inFlight, async (index) => {
      for (let count = 0; count < messagesPerSample / rooms.length; count++) {
        await this.send(rooms[index]!);
      }
    });
    await Promise.all(this.sockets.map((socket) => socket.flush()));
    return ((readCpuSeconds(this.server.pid!) - before) * 1e6) / messagesPerSample;
  }

  /** Bytes on disk of one stored message, and of those the text. */
  async storedBytes(): Promise<{ messageBytes: number; textBytes: number }> {
    const { state } = await this.manager.streams.info(streamName);
    return { messageBytes: state.bytes / state.messages, textBytes: text.length };
  }

  async close(): Promise<void> {
    this.sockets.forEach((socket) => socket.close());
    await this.bus.close();
    await this.server.close();
  }

  private async send(roomId: string): Promise<void> {
    const lastSeq = this.lastSeqs.get(roomId) ?? 0;
    const nowMs = Date.now();
    const userId = 'user-123456';
    const entry: StoredMessages = {
      ...{ type: 'stored', epoch: 'mj0abcdef-mj0abcdefg1' },
      messages: [
        {
          ...{ seq: 12, prev: 11, messageId: nowMs * 1000, sentAtMs: nowMs, kind: 'broadcast' },
          ...{ from: { userId, userName: userId }, content: text, category: 'chat' },
        },
      ],
      keys: ['0123456789abcdefghijkl'],
    };
    const seq = await this.appends.append(
      `${subjectPrefix}.${subjectToken(roomId)}`,
      JSON.stringify(entry),
      lastSeq,
    );
    if (seq === undefined) {
      throw new Error(`${roomId} has another last message than ${lastSeq}`);
    }
    this.lastSeqs.set(roomId, seq);
  }
}
