import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createToken } from '@polyroom/server-sdk';
import { closeClients } from '../connect/open-client.js';
import { CaptureSource } from '../media/capture-source.js';
import { publishInto } from '../media/publish.js';
import { startTestPattern } from '../media/test-pattern.js';
import { loadWebRtc } from '../media/webrtc.js';
import { LoadRecord, type LoadReport } from './load-record.js';
import { LoadUser } from './load-user.js';
import { MessageLedger } from './message-ledger.js';

export interface LoadOptions {
  appId: number;
  server: string;
  secret: string;
  users: number;
  rooms: number;
  publishers: number;
  messagesPerSecond: number;
  durationMs: number;
  /** Users that log in per second. */
  ramp: number;
  roomPrefix: string;
}

const maxLoginsAtOnce = 20;
const sendIntervalMs = 50;
/** How long to wait for messages that are still in flight. */
const settleMs = 5000;
const publisherPattern = { width: 160, height: 90, framesPerSecond: 5 };

/** A run: users log in, send messages, and leave. */
export class LoadRun {
  private readonly record = new LoadRecord();
  private readonly users: LoadUser[] = [];
  private readonly roomIds: string[];
  private readonly ledger: MessageLedger;
  private readonly runId = randomBytes(4).toString('hex');
  private readonly pending = new Set<Promise<void>>();
  private stopPattern: (() => void) | undefined;
  private nextMessage = 0;

  constructor(
    private readonly options: LoadOptions,
    private readonly signal: AbortSignal,
    private readonly onProgress: (text: string) => void,
  ) {
    this.roomIds = Array.from({ length: options.rooms }, (_, index) => `${options.roomPrefix}-${index + 1}`);
    this.ledger = new MessageLedger(options.users, this.runId);
  }

  /** The report; a partial one if the signal is aborted. Throws if the first user is refused. */
  async run(): Promise<LoadReport> {
    const startedAtMs = performance.now();
    const progress = setInterval(() => this.onProgress(this.describeProgress()), 2000);
    try {
      await this.logIn();
      await this.publish();
      await this.sendMessages();
      await this.settle();
      return {
        interrupted: this.signal.aborted,
        seconds: Math.round((performance.now() - startedAtMs) / 100) / 10,
        users: this.options.users,
        rooms: this.options.rooms,
        sockets: this.users.reduce((sum, { client }) => sum + client.dump().sockets, 0),
        memberships: this.memberships,
        logins: this.record.logins(),
        messages: this.ledger.totals(),
        publishers: this.record.publishers,
        reconnects: this.record.reconnects,
        historyGaps: this.record.historyGaps,
        errors: this.record.listErrors(),
      };
    } finally {
      clearInterval(progress);
      this.stopPattern?.();
      await closeClients(this.users.map(({ client }) => client));
    }
  }

  private async logIn(): Promise<void> {
    const { ramp, users } = this.options;
    // What refuses the first user refuses all of them.
    await this.logInUser(0);
    if (this.record.firstFailure !== undefined) {
      throw this.record.firstFailure;
    }
    const startedAtMs = performance.now();
    const active = new Set<Promise<void>>();
    for (let number = 1; number < users && !this.signal.aborted; number += 1) {
      const dueInMs = startedAtMs + ((number - 1) * 1000) / ramp - performance.now();
      if (dueInMs > 0) {
        await this.pause(dueInMs);
      }
      const login = this.logInUser(number).finally(() => active.delete(login));
      active.add(login);
      if (active.size >= maxLoginsAtOnce) {
        await Promise.race(active);
      }
    }
    await Promise.all(active);
  }

  private async logInUser(number: number): Promise<void> {
    const { appId, durationMs, publishers, secret, server, users, ramp } = this.options;
    const userId = `load-${this.runId}-${number + 1}`;
    const token = await createToken({
      appId,
      userId,
      secret,
      effectiveTimeSeconds: Math.ceil(durationMs / 1000 + users / ramp) + 600,
      rooms: this.roomIds.map((roomId) => ({
        roomId,
        rights: ['login', 'subscribe', 'message', 'publish', 'share'],
      })),
    });
    const user = await LoadUser.open(
      {
        ...{ appId, number, server, token, userId },
        withMedia: number < publishers,
        onMessage: (text) => this.ledger.receive(number, text),
      },
      this.record,
    );
    this.users.push(user);
    await user.joinAll(this.roomIds, this.signal);
  }

  /** Each publisher shows a stream in the first room. */
  private async publish(): Promise<void> {
    const { publishers } = this.options;
    if (publishers === 0 || this.signal.aborted) {
      return;
    }
    const source = new CaptureSource(await loadWebRtc(), { audio: true, video: true });
    this.stopPattern = startTestPattern(source, publisherPattern);
    const [roomId] = this.roomIds;
    for (const [index, { client }] of this.users.slice(0, publishers).entries()) {
      try {
        await publishInto(client, `load-${this.runId}-${index + 1}`, [roomId!], source.stream, this.signal);
        this.record.publishers += this.signal.aborted ? 0 : 1;
      } catch (error) {
        this.record.noteError(error);
      }
    }
  }

  private async sendMessages(): Promise<void> {
    const { durationMs, messagesPerSecond } = this.options;
    const startedAtMs = performance.now();
    let elapsedMs = 0;
    while (elapsedMs < durationMs && !this.signal.aborted) {
      const due = Math.floor((elapsedMs * messagesPerSecond) / 1000);
      while (this.nextMessage < due) {
        this.sendNext();
      }
      await this.pause(Math.min(sendIntervalMs, durationMs - elapsedMs));
      elapsedMs = performance.now() - startedAtMs;
    }
  }

  /** Rooms take turns, and within a room its members. */
  private sendNext(): void {
    const number = this.nextMessage;
    this.nextMessage += 1;
    const roomId = this.roomIds[number % this.roomIds.length]!;
    const members = this.users.filter(({ joined }) => joined.has(roomId));
    const sender = members[Math.floor(number / this.roomIds.length) % members.length];
    if (sender === undefined) {
      return;
    }
    const text = this.ledger.begin(number, sender.number, members.length - 1);
    const sending = sender.client
      .send(roomId, text)
      .then(
        () => this.ledger.acknowledge(number),
        (error: unknown) => this.record.noteError(error),
      )
      .finally(() => this.pending.delete(sending));
    this.pending.add(sending);
  }

  /** Waits for the answers and deliveries that are due, for at most five seconds; after Ctrl-C for one. */
  private async settle(): Promise<void> {
    const deadlineMs = performance.now() + (this.signal.aborted ? 1000 : settleMs);
    while (performance.now() < deadlineMs && (this.pending.size > 0 || !this.ledger.isComplete)) {
      await delay(50);
    }
  }

  private async pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.signal }).catch(() => undefined);
  }

  private get memberships(): number {
    return this.users.reduce((sum, { joined }) => sum + joined.size, 0);
  }

  private describeProgress(): string {
    const { delivered, expected, sent } = this.ledger.counts;
    return `${this.users.length} users, ${this.memberships} memberships, ${sent} messages sent, ${delivered} of ${expected} delivered, ${this.record.errorCount} errors`;
  }
}
