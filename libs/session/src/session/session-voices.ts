import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus, type BusSubscription } from '@polyroom/bus';
import { type PayloadOf, roomVoice, voicesHeard } from '@polyroom/contracts';
import { SessionRegistry } from './session-registry.js';
import { isKept } from './upstream-mutes.js';

/**
 * Media nodes say who is heard, without knowing of rooms. The gateway that holds the speaker's session passes it
 * on to the rooms that show the stream, and are not kept from its sound.
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
      voices.forEach((voice) => this.passOn(voice)),
    );
  }

  onModuleDestroy(): void {
    this.subscription?.close();
  }

  private passOn({ session: ref, streamId, volume }: PayloadOf<typeof voicesHeard>['voices'][number]): void {
    const upstream = this.registry.find(ref.sessionId)?.upstreams.get(streamId);
    for (const roomId of upstream?.roomIds ?? []) {
      if (upstream !== undefined && !isKept(upstream, roomId, 'audio')) {
        const { appId, userId } = ref;
        this.bus.publish(roomVoice, { appId, roomId }, { appId, roomId, streamId, userId, volume });
      }
    }
  }
}
