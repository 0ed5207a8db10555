import { setTimeout as sleep } from 'node:timers/promises';
import { Client, PolyroomError } from '@polyroom/sdk';
import { fakeHandlerFactory, FakeMediaStream } from '@polyroom/testing/client';
import { type Ledger } from '../messages/ledger.js';
import { type Speaker } from '../messages/traffic.js';
import { type KnownApp } from '../outage/known-app.js';
import { type Login } from './load-figures.js';
import { loginDeadlineMs, retryPause } from './visitor.js';

export interface SdkUserOptions {
  urls: string[];
  app: KnownApp;
  userId: string;
  /** The room in which it stays, sends and receives. */
  roomId: string;
  ledger: Ledger;
  /** Counts a login. */
  record: (login: () => Promise<Login>) => Promise<void>;
  /** The SDK gave a message up. */
  onUnsent: (reason: string) => void;
}

/** Between two visits of another room. */
const pauseMs = 500;

/**
 * A user with the SDK in Node.js: it stays in one room, where it sends and records what it receives, and enters and
 * leaves another room all the time. It repeats only what the SDK reports as `retryable`.
 */
export class SdkUser implements Speaker {
  private readonly client: Client;
  private lastMessageId = 0;
  private isIn = false;
  private isClosed = false;

  private constructor(private readonly options: SdkUserOptions) {
    const { app, ledger, roomId: ownRoomId, urls, userId } = options;
    this.client = new Client({
      appId: app.appId,
      appSign: app.appSign,
      server: urls,
      handlerFactory: fakeHandlerFactory,
      platform: { MediaStream: FakeMediaStream as unknown as typeof MediaStream },
    });
    this.client.on('messagesReceived', ({ messages, roomId }) => {
      for (const { messageId, text } of messages) {
        if (roomId === ownRoomId) {
          ledger.handleReceived(userId, text, messageId > this.lastMessageId, `ID ${messageId}`);
          this.lastMessageId = messageId;
        }
      }
    });
    this.client.on('messagesLost', () => ledger.handleGone());
    this.client.on('roomStateChanged', ({ roomId, state }) => {
      if (roomId === ownRoomId) {
        this.isIn = state === 'joined';
      }
    });
  }

  static async enter(options: SdkUserOptions): Promise<SdkUser> {
    const user = new SdkUser(options);
    await user.client.join(options.roomId, { user: user.name });
    return user;
  }

  get isReady(): boolean {
    return this.isIn;
  }

  /** The SDK repeats a message until it is acknowledged, and does not return own messages. */
  async say(): Promise<void> {
    const { ledger, roomId, userId } = this.options;
    const { content, number } = ledger.write(roomId);
    try {
      await this.client.send(roomId, content);
    } catch (error) {
      this.options.onUnsent(nameOf(error));
      return;
    }
    ledger.handleAcknowledged(roomId, number);
    ledger.handleReceived(userId, content, true);
  }

  /** Enters and leaves another room until it is closed. */
  async visit(roomId: string): Promise<void> {
    while (!this.isClosed) {
      await this.options.record(() => this.join(roomId));
      await this.leave(roomId);
      await sleep(pauseMs);
    }
  }

  close(): void {
    this.isClosed = true;
    void this.client.close();
  }

  private async join(roomId: string): Promise<Login> {
    const startedAtMs = performance.now();
    for (let retries = 0; ; retries++) {
      try {
        await this.client.join(roomId, { user: this.name });
        const ms = performance.now() - startedAtMs;
        return { ms, retries, ...(ms > loginDeadlineMs ? { failure: 'SDK late' } : {}) };
      } catch (error) {
        const ms = performance.now() - startedAtMs;
        if (!(error instanceof PolyroomError) || !error.retryable || ms > loginDeadlineMs) {
          const isClear = error instanceof PolyroomError && error.retryable;
          return { ms, retries, failure: nameOf(error), isClear };
        }
        await retryPause();
      }
    }
  }

  /** A room that could not be left stays, and would be refused as the next one to enter. */
  private async leave(roomId: string): Promise<void> {
    while (!this.isClosed) {
      try {
        await this.client.leave(roomId);
        return;
      } catch (error) {
        if (!(error instanceof PolyroomError) || !error.retryable) {
          return;
        }
        await retryPause();
      }
    }
  }

  private get name(): { userId: string; userName: string } {
    const { userId } = this.options;
    return { userId, userName: userId };
  }
}

function nameOf(error: unknown): string {
  return error instanceof PolyroomError ? `SDK ${error.errorName}` : String(error);
}
