import { Inject, Injectable } from '@nestjs/common';
import { retry } from '@polyroom/async';
import { Bus } from '@polyroom/bus';
import { AppError, hasRight, roomRpc } from '@polyroom/contracts';
import { type Logger } from 'pino';
import { LOGGER } from '@polyroom/nest-service';
import { type ClientSession } from './client-session.js';
import { Playbacks } from './playbacks.js';
import { Publications } from './publications.js';
import { findForbiddenRooms, maySend } from './publish-rights.js';

const attempts = 5;
const intervalMs = 1000;
const { code } = new AppError('ROOM_NO_PUBLISH_AUTH');

/** Stops what a session publishes and plays when a replaced token no longer allows it. */
@Injectable()
export class LostRights {
  constructor(
    private readonly bus: Bus,
    private readonly publications: Publications,
    private readonly playbacks: Playbacks,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Compares all streams of the session with its current rights. Never rejects. */
  async withdraw(session: ClientSession): Promise<void> {
    const publishing = session.upstreams.map(({ streamId }) => this.keepTrying(session, streamId));
    const playing = session.memberships
      .filter(({ grants, roomId }) => !hasRight(grants, roomId, 'subscribe'))
      .flatMap(({ roomId }) =>
        session.downlinks
          .streamsOfRoom(roomId)
          .map((streamId) => this.playbacks.unbind(session, streamId, roomId, 'forbidden')),
      );
    await Promise.all([...publishing, ...playing]);
  }

  private async keepTrying(session: ClientSession, streamId: string): Promise<void> {
    const stop = async (): Promise<void> => {
      if (session.state === 'open') {
        await this.stopSharing(session, streamId);
      }
    };
    await retry(stop, {
      attempts,
      firstDelayMs: intervalMs,
      onFailure: (error, attempt) =>
        this.logger.warn({ err: error, streamId, attempt }, 'forbidden stream not stopped'),
    }).catch(() => undefined);
  }

  private async stopSharing(session: ClientSession, streamId: string): Promise<void> {
    const mustStop = await session.runForUpstream(streamId, () => this.unshareForbidden(session, streamId));
    if (mustStop) {
      await this.publications.stop(session, streamId);
      session.connection.sendEvent('stream.stopped', { streamId, code });
    }
  }

  /** Returns true if the stream must be stopped. */
  private async unshareForbidden(session: ClientSession, streamId: string): Promise<boolean> {
    const upstream = session.findUpstream(streamId);
    if (upstream === undefined) {
      return false;
    }
    const forbidden = findForbiddenRooms(session, upstream);
    if (forbidden.length === upstream.roomIds.size) {
      return upstream.roomIds.size > 0 || !maySend(session, upstream);
    }
    for (const roomId of forbidden) {
      const request = { session: session.ref, roomId, streamId };
      const { roomIds } = await this.bus.request(roomRpc.unshareStream, request);
      session.share(streamId, roomIds);
      session.connection.sendEvent('stream.unshared', { streamId, roomId, code });
    }
    return false;
  }
}
