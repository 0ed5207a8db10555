import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus, type BusSubscription } from '@polyroom/bus';
import { type PayloadOf, roomVoice, voicesHeard } from '@polyroom/contracts';
import { SessionRegistry } from './session-registry.js';

/**
 * Media nodes report audio levels per stream and know no rooms. The gateway that holds the publisher's session
 * forwards them to the rooms that show the stream with its audio.
 */
@Injectable()
export class SessionVoices implements OnModuleInit, OnModuleDestroy {
  private subscription: BusSubscription | undefined;

  constructor(
    private readonly bus: Bus,
    private readonly registry: SessionRegistry,
  ) {}

  onModuleInit(): void {
    this.subscription = this.bus.subscribe(voicesHeard, {}, ({ voices }) =>
      voices.forEach((voice) => this.forward(voice)),
    );
  }

  onModuleDestroy(): void {
    this.subscription?.close();
  }

  private forward({ session: ref, streamId, volume }: PayloadOf<typeof voicesHeard>['voices'][number]): void {
    const upstream = this.registry.find(ref.sessionId)?.findUpstream(streamId);
    for (const roomId of upstream?.roomIds ?? []) {
      if (upstream !== undefined && !upstream.isMutedIn(roomId, 'audio')) {
        const { appId, userId } = ref;
        this.bus.publish(roomVoice, { appId, roomId }, { appId, roomId, streamId, userId, volume });
      }
    }
  }
}
