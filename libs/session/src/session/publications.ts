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

  /** Takes the stream out of all rooms, gives its ID back and stops its media. Idempotent. */
  stop(session: ClientSession, streamId: string): Promise<void> {
    return session.publishQueue.run(streamId, async () => {
      // Also for a stream that is not known here: a claim whose answer was lost is given back so.
      await this.bus.request(roomRpc.releaseStream, { session: session.ref, streamId });
      session.upstreams.delete(streamId);
      await this.media.closeUpstream(session.options.nodeId, session.ref, streamId);
    });
  }

  /** The room service has ended the stream already: only its media are left. */
  forget(session: ClientSession, streamId: string): Promise<void> {
    return session.publishQueue.run(streamId, async () => {
      session.upstreams.delete(streamId);
      await this.media.closeUpstream(session.options.nodeId, session.ref, streamId);
    });
  }

  /** The same as `stop`, for callers that cannot do anything about a failure. */
  async stopQuietly(session: ClientSession, streamId: string): Promise<void> {
    try {
      await this.stop(session, streamId);
    } catch (error) {
      this.logger.warn({ err: error, sessionId: session.sessionId, streamId }, 'stream not released');
    }
  }
}
