import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus, type BusSubscription } from '@polyroom/bus';
import { AppError, type PayloadOf, playingForbidden, streamWithdrawn } from '@polyroom/contracts';
import { type ClientSession } from './client-session.js';
import { Playbacks } from './playbacks.js';
import { Publications } from './publications.js';
import { SessionRegistry } from './session-registry.js';

const { code } = new AppError('PUBLISHER_SERVER_FORBID');

/**
 * Follows what operators and application servers take from a session: streams that it publishes, which the room
 * service has removed from their rooms, and what it plays.
 */
@Injectable()
export class WithdrawnStreams implements OnModuleInit, OnModuleDestroy {
  private subscriptions: BusSubscription[] = [];

  constructor(
    private readonly bus: Bus,
    private readonly registry: SessionRegistry,
    private readonly publications: Publications,
    private readonly playbacks: Playbacks,
  ) {}

  onModuleInit(): void {
    this.subscriptions = [
      this.bus.subscribe(streamWithdrawn, {}, async (withdrawn) => {
        const session = this.registry.find(withdrawn.session.sessionId);
        if (session !== undefined) {
          await this.follow(session, withdrawn);
        }
      }),
      this.bus.subscribe(playingForbidden, {}, async ({ appId, userId, roomId }) => {
        await Promise.all(
          this.registry.all
            .filter(({ ref }) => ref.appId === appId && ref.userId === userId)
            .map((session) => this.stopPlaying(session, roomId)),
        );
      }),
    ];
  }

  onModuleDestroy(): void {
    this.subscriptions.forEach((subscription) => subscription.close());
  }

  /** The stream ends with its last room; the client may have shared it since the room service withdrew it. */
  private async follow(
    session: ClientSession,
    { streamId, roomIds }: PayloadOf<typeof streamWithdrawn>,
  ): Promise<void> {
    await session.runForUpstream(streamId, async () => {
      const upstream = session.findUpstream(streamId);
      if (upstream === undefined) {
        return;
      }
      session.share(
        streamId,
        [...upstream.roomIds].filter((roomId) => !roomIds.includes(roomId)),
      );
      if (upstream.roomIds.size === 0) {
        await this.publications.stopHeld(session, streamId);
        session.connection.sendEvent('stream.stopped', { streamId, code });
        return;
      }
      roomIds.forEach((roomId) =>
        session.connection.sendEvent('stream.unshared', { streamId, roomId, code }),
      );
    });
  }

  private async stopPlaying(session: ClientSession, roomId: string | undefined): Promise<void> {
    const rooms = session.memberships.filter((room) => roomId === undefined || room.roomId === roomId);
    await Promise.all(
      rooms.flatMap((room) =>
        session.downlinks
          .streamsOfRoom(room.roomId)
          .map((streamId) => this.playbacks.unbind(session, streamId, room.roomId, 'forbidden')),
      ),
    );
  }
}
