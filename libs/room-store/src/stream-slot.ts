import { type SessionRef } from '@polyroom/contracts';
import { type Commands } from './commands.js';
import { type RoomStoreKeys } from './keys.js';
import { type RedisClient } from './redis-client.js';

/** The owner of a stream ID, and the rooms that show the stream. */
export class StreamSlot {
  constructor(
    private readonly redis: RedisClient,
    private readonly commands: Commands,
    private readonly keys: RoomStoreKeys,
  ) {}

  /** Throws PUBLISHER_REPETITIVE_PUBLISH_STREAM if another session owns it, PUBLISHER_SERVER_FORBID if it is forbidden. */
  async claim(session: SessionRef, streamId: string, nodeId: string): Promise<void> {
    const { forbidden, stream } = this.keys.stream(session.appId, streamId);
    await this.commands.run('claimStream', [stream, forbidden], [session.sessionId, session.userId, nodeId]);
  }

  /** Returns the rooms that show it now. Throws PUBLISHER_SERVER_FORBID if the session does not own it. */
  async addShare(session: SessionRef, streamId: string, roomId: string): Promise<string[]> {
    return (await this.run('addShare', session, streamId, roomId)) as string[];
  }

  /** Returns the rooms that still show it. */
  async removeShare(session: SessionRef, streamId: string, roomId: string): Promise<string[]> {
    return (await this.run('removeShare', session, streamId, roomId)) as string[];
  }

  /** Releases the ID; with `onlyUnshared` a stream that is shown in any room is kept. */
  async release(
    session: SessionRef,
    streamId: string,
    options: { onlyUnshared: boolean },
  ): Promise<{ released: boolean; roomIds: string[] }> {
    const answer = await this.run('releaseStream', session, streamId, options.onlyUnshared ? '1' : '0');
    const [released, roomIds] = answer as [number, string[]];
    return { released: released === 1, roomIds };
  }

  /** Forbids the ID for a time; 0 permits it. False if the AppID has forbidden `most` others. */
  async forbid(appId: number, streamId: string, forMs: number, most: number): Promise<boolean> {
    const { forbidden } = this.keys.stream(appId, streamId);
    const counted = [this.keys.forbiddenStreams(appId)];
    // Counted first: a crash in between leaves a count, and never a forbidden ID without one.
    if (forMs > 0 && (await this.commands.run('countBan', counted, [streamId, forMs, most])) !== 1) {
      return false;
    }
    if (forMs > 0) {
      await this.redis.set(forbidden, '1', 'PX', forMs);
    } else {
      await this.redis.del(forbidden);
      await this.commands.run('countBan', counted, [streamId, 0, 0]);
    }
    return true;
  }

  private run(name: string, session: SessionRef, streamId: string, value: string): Promise<unknown> {
    const { stream, shares } = this.keys.stream(session.appId, streamId);
    return this.commands.run(name, [stream, shares], [session.sessionId, value]);
  }
}
