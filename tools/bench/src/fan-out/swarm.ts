import { createConnection, type Socket } from 'node:net';

/** The connections, and the rooms of each. */
export interface SwarmPlan {
  kind: 'polyroom' | 'ws' | 'socket.io';
  ports: number[];
  rooms: number;
  membersPerRoom: number;
  /** Members that send, spread over the rooms. */
  senders: number;
  appId?: number;
  appSign?: string;
  paddingBytes?: number;
  /** Prefix of room and user IDs, so that two swarms do not share any. */
  prefix: string;
}

export interface Counts {
  deliveries: number;
  sent: number;
  acknowledged: number;
  /** Close codes of members that read again after they were disconnected. */
  closeCodes: number[];
}

export interface Latencies {
  p50Ms: number;
  p99Ms: number;
  count: number;
}

/** Two bytes, so that no length in a frame header is mistaken for it. */
const marker = Buffer.from('|~');
const paddingBytes = 96;
const openAtOnce = 20;
const pongFrame = clientFrame('', 0x8a);
/** Interval at which a stalled member answers pings. */
const sayAliveMs = 5000;

/**
 * Many plain sockets in one process. They parse as little as possible: a delivery is recognised by a marker
 * in the data, so that the load generator does not cost more than the measured system.
 */
export class Swarm {
  private readonly members: Member[] = [];
  private readonly senders: Member[] = [];
  private timer: NodeJS.Timeout | undefined;
  private nextSender = 0;
  private stalled: Member | undefined;

  constructor(private readonly plan: SwarmPlan) {}

  async open(): Promise<void> {
    const { plan } = this;
    const total = plan.rooms * plan.membersPerRoom;
    const waiting = Array.from({ length: total }, (_, index) => index);
    const opener = async (): Promise<void> => {
      for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) {
        const member = new Member(plan, index);
        await member.open();
        this.members.push(member);
        // The first member of each room, then the second, and so on.
        if (index < plan.senders) {
          this.senders.push(member);
        }
      }
    };
    await Promise.all(Array.from({ length: openAtOnce }, opener));
  }

  get counts(): Counts {
    const sum = (of: (member: Member) => number): number =>
      this.members.reduce((total, member) => total + of(member), 0);
    return {
      deliveries: sum((member) => member.deliveries),
      sent: sum((member) => member.sent),
      acknowledged: sum((member) => member.acknowledged),
      closeCodes: this.members.flatMap(({ closeCode }) => closeCode ?? []),
    };
  }

  /** Every sender keeps so many messages in flight. */
  saturate(window: number): void {
    for (const sender of this.senders) {
      sender.window = window;
      sender.fill();
    }
  }

  /** Sends on a fixed schedule, without waiting for answers. */
  pace(perSecond: number): void {
    // A late delivery to a slow member is not counted as latency.
    this.members.forEach((member) => (member.latenciesMs = member.isReading ? [] : undefined));
    const startedAtMs = performance.now();
    let sent = 0;
    this.timer = setInterval(() => {
      while (sent < ((performance.now() - startedAtMs) / 1000) * perSecond) {
        sent++;
        this.senders[this.nextSender++ % this.senders.length]!.send();
      }
    }, 2);
  }

  /** Stops sending. */
  stop(): Latencies {
    clearInterval(this.timer);
    this.senders.forEach((sender) => (sender.window = 0));
    const all = this.members.flatMap((member) => member.latenciesMs ?? []).sort((a, b) => a - b);
    this.members.forEach((member) => (member.latenciesMs = undefined));
    const at = (share: number): number => all[Math.min(all.length - 1, Math.floor(all.length * share))] ?? 0;
    return { p50Ms: at(0.5), p99Ms: at(0.99), count: all.length };
  }

  /** Makes another member stop reading, like a client on a bad connection. */
  stall(): void {
    this.stalled = this.members.findLast((member) => member.isReading);
    this.stalled?.stall();
  }

  /** The member that stalled last reads again, until it receives its close code. */
  readAgain(): void {
    this.stalled?.readAgain();
  }

  close(): void {
    this.members.forEach((member) => member.close());
  }
}

class Member {
  deliveries = 0;
  sent = 0;
  acknowledged = 0;
  window = 0;
  latenciesMs: number[] | undefined;
  /** False once it has stalled. */
  isReading = true;
  closeCode: number | undefined;
  private returned = 0;
  private readonly tag: Buffer;
  private readonly padding: string;
  private readonly room: string;
  private socket!: Socket;
  private isOpen = false;
  private alive: NodeJS.Timeout | undefined;
  private text = '';
  private tail = Buffer.alloc(0);

  constructor(
    private readonly plan: SwarmPlan,
    private readonly index: number,
  ) {
    this.room = `${plan.prefix}r${index % plan.rooms}`;
    this.padding = 'x'.repeat(plan.paddingBytes ?? paddingBytes);
    this.tag = Buffer.from(`.${index}#`);
  }

  open(): Promise<void> {
    const { kind, ports } = this.plan;
    const place = Math.floor(this.index / this.plan.rooms);
    const port = ports[place % ports.length]!;
    const path =
      kind === 'polyroom'
        ? '/ws'
        : kind === 'ws'
          ? `/${this.room}`
          : `/socket.io/?EIO=4&transport=websocket&room=${this.room}`;
    const protocol = kind === 'polyroom' ? 'Sec-WebSocket-Protocol: polyroom.json.v1\r\n' : '';
    return new Promise((resolve, reject) => {
      this.socket = createConnection(port, '127.0.0.1', () => {
        this.socket.setNoDelay(true);
        this.socket.write(
          `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
            `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n${protocol}\r\n`,
        );
      });
      this.socket.on('error', reject);
      this.socket.on('data', (data) => {
        if (this.isOpen) {
          this.read(data);
        } else {
          this.greet(data, resolve, reject);
        }
      });
    });
  }

  /** Sends as many messages as the window allows. */
  fill(): void {
    while (this.sent - this.returned < this.window) {
      this.send();
    }
  }

  send(): void {
    this.sent++;
    const content = `|~${Math.round(performance.now() * 1000)}.${this.index}#${this.padding}`;
    switch (this.plan.kind) {
      case 'polyroom': {
        const params = { roomId: this.room, content, clientMessageId: `${this.index}-${this.sent}` };
        this.write(JSON.stringify({ id: this.sent, method: 'message.broadcast', params }));
        break;
      }
      case 'ws':
        this.write(JSON.stringify({ roomId: this.room, content }));
        break;
      case 'socket.io':
        this.write(`42${JSON.stringify(['message', { roomId: this.room, content }])}`);
        break;
    }
  }

  /** Stops reading but keeps answering pings, so that missing pongs are not the reason for its end. */
  stall(): void {
    this.isReading = false;
    this.latenciesMs = undefined;
    this.socket.pause();
    this.alive = setInterval(() => this.socket.write(pongFrame), sayAliveMs);
  }

  /** Searches the buffered data for the close code. */
  readAgain(): void {
    clearInterval(this.alive);
    let tail = Buffer.alloc(0);
    this.socket.removeAllListeners('data');
    this.socket.on('data', (data) => {
      tail = Buffer.concat([tail, data]).subarray(-longestCloseFrame);
      this.closeCode ??= findCloseCode(tail);
    });
    this.socket.resume();
  }

  close(): void {
    clearInterval(this.alive);
    this.socket.destroy();
  }

  private write(text: string): void {
    this.socket.write(clientFrame(text));
  }

  /** The upgrade, and what each server requires before a client is a member. */
  private greet(data: Buffer, resolve: () => void, reject: (error: Error) => void): void {
    const before = this.text;
    this.text += data.toString('latin1');
    const has = (text: string): boolean => this.text.includes(text) && !before.includes(text);
    const { kind, prefix, appId, appSign } = this.plan;
    if (has('\r\n\r\n') && kind === 'polyroom') {
      const userId = `${prefix}u${this.index}`;
      const user = { userId, userName: userId };
      const params = { appId, appSign, mode: 'multi', roomId: this.room, user };
      this.write(JSON.stringify({ id: 0, method: 'room.login', params }));
    }
    if (kind === 'socket.io' && has('pingInterval')) {
      this.write('40');
    }
    if (has('"error"')) {
      reject(new Error(this.text.slice(-300)));
    }
    const isIn =
      kind === 'polyroom'
        ? has('message.position')
        : kind === 'ws'
          ? has('\r\n\r\n')
          : before.includes('pingInterval') && has('40{');
    if (isIn) {
      this.isOpen = true;
      this.text = '';
      resolve();
    }
  }

  private read(data: Buffer): void {
    for (let at = data.indexOf(marker); at >= 0; at = data.indexOf(marker, at + 2)) {
      this.deliveries++;
      if (this.latenciesMs !== undefined) {
        const end = data.indexOf(0x2e, at);
        if (end > at) {
          this.latenciesMs.push(performance.now() - Number(data.toString('latin1', at + 2, end)) / 1000);
        }
      }
    }
    if (data.includes(0x89)) {
      this.socket.write(pongFrame);
    }
    if (this.sent > 0) {
      // A sender that receives its own message opens its window again, on every system.
      const all = Buffer.concat([this.tail, data]);
      this.returned += countOf(all, this.tag, this.tail.length);
      this.acknowledged += countOf(all, resultKey, this.tail.length);
      this.tail = all.subarray(-32);
      if (this.window > 0) {
        this.fill();
      }
    }
  }
}

const longestCloseFrame = 127;

/** The sequence number of the last frame in the data; undefined if it is another kind of frame. */
function findCloseCode(tail: Buffer): number | undefined {
  for (let at = 0; at + 4 <= tail.length; at++) {
    if (tail[at] === 0x88 && tail[at + 1] === tail.length - at - 2) {
      return tail.readUInt16BE(at + 2);
    }
  }
  return undefined;
}

const resultKey = Buffer.from('"result"');

/** Counts `what` behind the first `known` bytes, which were searched before. */
function countOf(data: Buffer, what: Buffer, known: number): number {
  let count = 0;
  const from = Math.max(0, known - what.length + 1);
  for (let at = data.indexOf(what, from); at >= 0; at = data.indexOf(what, at + 1)) {
    count++;
  }
  return count;
}

/** A client's frame, masked with zeros, which leaves the text unchanged. */
function clientFrame(text: string, head = 0x81): Buffer {
  const payload = Buffer.from(text);
  const header =
    payload.length < 126
      ? Buffer.from([head, 0x80 | payload.length, 0, 0, 0, 0])
      : Buffer.from([head, 0xfe, payload.length >> 8, payload.length & 0xff, 0, 0, 0, 0]);
  return Buffer.concat([header, payload]);
}
