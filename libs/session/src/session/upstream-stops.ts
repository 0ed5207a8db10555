import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus, type BusSubscription } from '@polyroom/bus';
import { AppError, upstreamStopped } from '@polyroom/contracts';
import { Publications } from './publications.js';
import { SessionRegistry } from './session-registry.js';

/** Removes a stream that its media node has ended from its rooms, and notifies the client. */
@Injectable()
export class UpstreamStops implements OnModuleInit, OnModuleDestroy {
  private subscription: BusSubscription | undefined;

  constructor(
    private readonly bus: Bus,
    private readonly registry: SessionRegistry,
    private readonly publications: Publications,
  ) {}

  onModuleInit(): void {
    this.subscription = this.bus.subscribe(
      upstreamStopped,
      {},
      ({ nodeId, session: { sessionId }, streamId }) => {
        const session = this.registry.find(sessionId);
        if (session?.nodeId !== nodeId || session.findUpstream(streamId) === undefined) {
          return;
        }
        void this.publications.stopQuietly(session, streamId);
        const { code } = new AppError('IM_BROADCAST_MESSAGE_QPS_OVERLOAD');
        session.connection.sendEvent('stream.stopped', { streamId, code });
      },
    );
  }

  onModuleDestroy(): void {
    this.subscription?.close();
  }
}
