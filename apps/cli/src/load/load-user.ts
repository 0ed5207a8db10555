import type { Client } from '@polyroom/sdk';
import { openClient } from '../connect/open-client.js';
import { type LoadRecord } from './load-record.js';

export interface LoadUserOptions {
  appId: number;
  server: string;
  token: string;
  userId: string;
  /** Counted from 0. */
  number: number;
  withMedia: boolean;
  onMessage(text: string): void;
}

const joinWithinMs = 30_000;

/** One user: one socket for all rooms. */
export class LoadUser {
  readonly joined = new Set<string>();
  private isReconnecting = false;

  private constructor(
    readonly client: Client,
    private readonly options: LoadUserOptions,
    private readonly record: LoadRecord,
  ) {}

  get number(): number {
    return this.options.number;
  }

  static async open(options: LoadUserOptions, record: LoadRecord): Promise<LoadUser> {
    const { appId, server, withMedia } = options;
    const client = await openClient({ appId, server }, withMedia);
    const user = new LoadUser(client, options, record);
    client.on('messagesReceived', ({ messages }) => messages.forEach(({ text }) => options.onMessage(text)));
    client.on('messagesLost', () => (record.historyGaps += 1));
    client.on('roomStateChanged', ({ change, error, roomId }) => {
      if (change === 'reconnecting' && !user.isReconnecting) {
        user.isReconnecting = true;
        record.reconnects += 1;
      }
      if (change === 'rejoined') {
        user.isReconnecting = false;
      }
      if (change === 'removed' || change === 'reconnectFailed') {
        user.joined.delete(roomId);
        record.noteError(error);
      }
    });
    return user;
  }

  /** The first room opens the socket; the others follow at once. Failures are in the record. */
  async joinAll(roomIds: readonly string[], signal: AbortSignal): Promise<void> {
    const [first, ...others] = roomIds;
    if (await this.join(first!, this.record.firstLoginsMs, signal)) {
      await Promise.all(others.map((roomId) => this.join(roomId, this.record.furtherLoginsMs, signal)));
    }
  }

  private async join(roomId: string, durationsMs: number[], signal: AbortSignal): Promise<boolean> {
    const { token, userId } = this.options;
    const startedAtMs = performance.now();
    try {
      await this.client.join(roomId, {
        user: { userId, userName: userId },
        token,
        // A room of N members would report N joins to each of them: the load is that of messages.
        memberEvents: false,
        signal: AbortSignal.any([signal, AbortSignal.timeout(joinWithinMs)]),
      });
      durationsMs.push(performance.now() - startedAtMs);
      this.joined.add(roomId);
      return true;
    } catch (error) {
      if (!signal.aborted) {
        this.record.noteError(error);
      }
      return false;
    }
  }
}
