import { Inject, Injectable } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import { type ClientEventData, type downlinkClosed, mediaRpc, type PayloadOf } from '@polyroom/contracts';
import { type Logger } from 'pino';
import { LOGGER } from '@polyroom/nest-service';
import { type ClientSession } from './client-session.js';

export type PlayEndReason = ClientEventData<'stream.playUpdate'>['reason'];

/** Removes the bindings of played streams. */
@Injectable()
export class Playbacks {
  constructor(
    private readonly bus: Bus,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** At the client's request. Without `roomId` the whole downlink closes. Idempotent. */
  stop(
    session: ClientSession,
    streamId: string,
    roomId: string | undefined,
  ): Promise<{ closed: boolean; roomIds: string[] }> {
    return session.runForDownlink(streamId, async () => {
      const reply = await this.bus.requestNode(mediaRpc.unbindDownlink, session.nodeId, {
        session: session.ref,
        streamId,
        ...(roomId === undefined ? {} : { roomId }),
      });
      session.unbind(streamId, roomId);
      return reply;
    });
  }

  /** Because the room no longer shows the stream, or was left; notifies the client. Never rejects. */
  async unbind(
    session: ClientSession,
    streamId: string,
    roomId: string,
    reason: PlayEndReason,
  ): Promise<void> {
    await session.runForDownlink(streamId, async () => {
      if (session.state !== 'open' || !session.downlinks.has(streamId, roomId)) {
        return;
      }
      session.unbind(streamId, roomId);
      let left = { closed: !session.downlinks.has(streamId), roomIds: session.downlinks.roomsOf(streamId) };
      try {
        left = await this.bus.requestNode(mediaRpc.unbindDownlink, session.nodeId, {
          session: session.ref,
          streamId,
          roomId,
        });
      } catch (error) {
        this.logger.warn(
          { err: error, sessionId: session.sessionId, streamId, roomId },
          'binding not removed',
        );
      }
      const roomIds = left.roomIds;
      session.connection.sendEvent('stream.playUpdate', {
        streamId,
        roomIds,
        closed: left.closed || roomIds.length === 0,
        reason,
      });
    });
  }

  /** The media node closed the downlink by itself. */
  handleClosed(session: ClientSession, { nodeId, streamId, reason }: PayloadOf<typeof downlinkClosed>): void {
    const isCurrent = nodeId === session.nodeId;
    if (session.state !== 'open' || !isCurrent || !session.downlinks.has(streamId)) {
      return;
    }
    session.loseDownlink(streamId);
    session.connection.sendEvent('stream.playUpdate', { streamId, roomIds: [], closed: true, reason });
  }
}
