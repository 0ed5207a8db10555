import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import { downlinkClosed } from '@polyroom/contracts';
import { MediaNode } from '@polyroom/media-engine';
import { type Logger } from '@polyroom/observability';
import { loggerToken } from './media-tokens.js';

/** Passes on what happens inside the node without anybody having asked for it. */
@Injectable()
export class NodeEvents implements OnModuleInit {
  constructor(
    private readonly bus: Bus,
    private readonly node: MediaNode,
    @Inject(loggerToken) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.node.on('downlinkClosed', (fact) =>
      this.bus.publish(downlinkClosed, { sessionId: fact.session.sessionId }, fact),
    );
    this.node.on('workerDied', ({ pid, sessions, error }) =>
      this.logger.error({ workerPid: pid, sessions: sessions.length, err: error }, 'media worker died'),
    );
    this.node.on('workerReplaced', ({ pid }) =>
      this.logger.info({ workerPid: pid }, 'media worker replaced'),
    );
    this.node.on('replacementFailed', (error) =>
      this.logger.error({ err: error }, 'media worker not replaced yet'),
    );
  }
}
