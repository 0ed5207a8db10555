import { Inject, Injectable } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import { roomRpc } from '@polyroom/contracts';
import { type Logger } from 'pino';
import { LOGGER } from '@polyroom/nest-service';
import { MediaPlane } from '../media/media-plane.js';
import { type ClientSession } from './client-session.js';

/** Ends published streams. */
@Injectable()
export class Publications {
  constructor(
    private readonly bus: Bus,
    private readonly media: MediaPlane,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Removes the stream from all rooms, releases its ID and stops its media. Idempotent. */
  stop(session: ClientSession, streamId: string): Promise<void> {
    return session.runForUpstream(streamId, () => this.release(session, streamId));
  }

  /** The room service has ended the stream already; stops its media. */
  forget(session: ClientSession, streamId: string): Promise<void> {
    return session.runForUpstream(streamId, async () => {
      session.unpublish(streamId);
      await this.media.closeUpstream(session.nodeId, session.ref, streamId);
    });
  }

  /** `stop` for callers that cannot handle a failure. */
  stopQuietly(session: ClientSession, streamId: string): Promise<void> {
    return session.runForUpstream(streamId, () => this.stopHeld(session, streamId));
  }

  /** `stopQuietly` for callers in the stream's queue. */
  async stopHeld(session: ClientSession, streamId: string): Promise<void> {
    try {
      await this.release(session, streamId);
    } catch (error) {
      this.logger.warn({ err: error, sessionId: session.sessionId, streamId }, 'stream not released');
    }
  }

  private async release(session: ClientSession, streamId: string): Promise<void> {
    // Also for a stream that is unknown here: this releases a claim whose reply was lost.
    await this.bus.request(roomRpc.releaseStream, { session: session.ref, streamId });
    session.unpublish(streamId);
    await this.media.closeUpstream(session.nodeId, session.ref, streamId);
  }
}
