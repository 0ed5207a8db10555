import { setTimeout as sleep } from 'node:timers/promises';
import { type Random } from '../invariants/random.js';
import { MediaClient } from '../media/media-client.js';
import { type ExpectedUsage } from './expected-usage.js';

const shortestPauseMs = 1000;
const longestPauseMs = 20_000;
const texts = ['yes', 'Grüße aus Köln', '没有问题', 'a longer line of text, as one types it in a chat'];

export interface ScriptedApp {
  appId: number;
  appSign: string;
  /** One per gateway: each visit uses another one. */
  wsUrls: readonly string[];
  roomIds: readonly string[];
}

/** A user without media: enters and leaves rooms, sends messages, and now and then loses the connection. */
export class ScriptedUser {
  private client: MediaClient | undefined;
  private visits = 0;
  private sent = 0;
  private sessionFromMs = 0;
  private readonly enteredAtMs = new Map<string, number>();

  constructor(
    private readonly app: ScriptedApp,
    private readonly userId: string,
    private readonly random: Random,
    private readonly expected: ExpectedUsage,
  ) {}

  async run(untilMs: number): Promise<void> {
    for (let leftMs = untilMs - Date.now(); leftMs > 0; leftMs = untilMs - Date.now()) {
      const pauseMs = shortestPauseMs + this.random.below(longestPauseMs - shortestPauseMs);
      await sleep(Math.min(leftMs, pauseMs));
      await this.act();
    }
    await this.leaveAll();
  }

  private async act(): Promise<void> {
    const outside = this.app.roomIds.filter((roomId) => !this.enteredAtMs.has(roomId));
    const inside = [...this.enteredAtMs.keys()];
    if (inside.length === 0) {
      return this.enter(this.random.pick(outside));
    }
    switch (this.random.weighted({ enter: 3, leave: 2, send: 10, leaveAll: 0.5, disconnect: 0.5 })) {
      case 'enter':
        return outside.length === 0
          ? this.send(this.random.pick(inside))
          : this.enter(this.random.pick(outside));
      case 'leave':
        return this.leave(this.random.pick(inside));
      case 'send':
        return this.send(this.random.pick(inside));
      case 'leaveAll':
        return this.leaveAll();
      case 'disconnect':
        return this.disconnect();
    }
  }

  private async enter(roomId: string): Promise<void> {
    const { appId, appSign, wsUrls } = this.app;
    this.client ??= await MediaClient.connect(wsUrls[this.visits++ % wsUrls.length]!);
    const user = { userId: this.userId, userName: this.userId };
    must(
      await this.client.call('room.login', { appId, appSign, mode: 'multi', roomId, user } as never),
      roomId,
    );
    const nowMs = performance.now();
    if (this.enteredAtMs.size === 0) {
      this.sessionFromMs = nowMs;
    }
    this.enteredAtMs.set(roomId, nowMs);
  }

  private async leave(roomId: string): Promise<void> {
    must(await this.client!.call('room.logout', { roomId }), roomId);
    this.countLeft(roomId);
  }

  private async leaveAll(): Promise<void> {
    for (const roomId of this.enteredAtMs.keys()) {
      await this.leave(roomId);
    }
    this.client?.close();
    this.client = undefined;
  }

  /** Without a logout: the grace that follows is not counted. The next visit opens another session. */
  private async disconnect(): Promise<void> {
    this.client!.close();
    this.client = undefined;
    [...this.enteredAtMs.keys()].forEach((roomId) => this.countLeft(roomId));
  }

  private async send(roomId: string): Promise<void> {
    const content = this.random.pick(texts);
    const message = { roomId, content };
    const clientMessageId = `${this.userId}-${this.sent++}`;
    switch (this.random.weighted({ broadcast: 3, barrage: 1, command: 1 })) {
      case 'broadcast':
        must(await this.client!.call('message.broadcast', { ...message, clientMessageId }), roomId);
        break;
      case 'barrage':
        must(await this.client!.call('message.barrage', message), roomId);
        break;
      case 'command':
        must(await this.client!.call('message.command', { ...message, to: [], clientMessageId }), roomId);
        break;
    }
    this.expected.add(this.userId, roomId, { messages: 1, messageBytes: Buffer.byteLength(content) });
  }

  private countLeft(roomId: string): void {
    const nowMs = performance.now();
    const memberMinutes = (nowMs - this.enteredAtMs.get(roomId)!) / 60_000;
    this.enteredAtMs.delete(roomId);
    this.expected.add(this.userId, roomId, { memberMinutes });
    if (this.enteredAtMs.size === 0) {
      const sessionMinutes = (nowMs - this.sessionFromMs) / 60_000;
      this.expected.add(this.userId, undefined, { sessionMinutes });
    }
  }
}

function must(result: unknown, roomId: string): void {
  if (result === undefined) {
    throw new Error(`a request of the script for ${roomId} was refused: the usage cannot be compared`);
  }
}
