import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus, type BusSubscription } from '@polyroom/bus';
import { type PayloadOf, roomSpeaker, speakersReported } from '@polyroom/contracts';
import { SessionRegistry } from './session-registry.js';

/**
 * Media nodes report audio levels per stream and know no rooms. The gateway that holds the publisher's session
 * forwards them to the rooms that show the stream with its audio.
 */
@Injectable()
export class SessionSpeakers implements OnModuleInit, OnModuleDestroy {
  private subscription: BusSubscription | undefined;

  constructor(
    private readonly bus: Bus,
    private readonly registry: SessionRegistry,
  ) {}

  onModuleInit(): void {
    this.subscription = this.bus.subscribe(speakersReported, {}, ({ speakers }) =>
      speakers.forEach((speaker) => this.forward(speaker)),
    );
  }

  onModuleDestroy(): void {
    this.subscription?.close();
  }

  private forward({
    session: ref,
    streamId,
    volume,
  }: PayloadOf<typeof speakersReported>['speakers'][number]): void {
    const upstream = this.registry.find(ref.sessionId)?.findUpstream(streamId);
    for (const roomId of upstream?.roomIds ?? []) {
      if (upstream !== undefined && !upstream.isMutedIn(roomId, 'audio')) {
        const { appId, userId } = ref;
        this.bus.publish(roomSpeaker, { appId, roomId }, { appId, roomId, streamId, userId, volume });
      }
    }
  }
}
