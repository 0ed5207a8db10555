import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { retry } from '@polyroom/async';
import { Bus } from '@polyroom/bus';
import {
  downlinkClosed,
  downlinkExtended,
  recordingEnded,
  recordingFileClosed,
  roomRpc,
  sessionsLost,
  transportLost,
  upstreamStopped,
  speakersReported,
} from '@polyroom/contracts';
import { MediaNode, type RecordingFileFact } from '@polyroom/media-engine';
import { type Logger, RefusalLog } from '@polyroom/observability';
import { type MediaConfig } from '../media.config.js';
import { LOGGER } from '@polyroom/nest-service';
import { configToken } from '../media-tokens.js';
import { eventCounters } from '../metrics/event-counters.js';

const sessionsPerEvent = 1000;
/** For some 10 minutes: longer than a restart of the room service takes. */
const fileReadyRetry = { attempts: 60, firstDelayMs: 500, maxDelayMs: 10_000 };

/** Publishes events of the node on the bus. */
@Injectable()
export class NodeEvents implements OnModuleInit {
  private readonly refusals: RefusalLog;

  constructor(
    private readonly bus: Bus,
    private readonly node: MediaNode,
    @Inject(configToken) private readonly config: MediaConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.refusals = new RefusalLog(logger);
  }

  onModuleInit(): void {
    this.node.on('listenererror', (event, error) =>
      this.logger.error({ err: error, event }, 'listener failed'),
    );
    this.node.on('downlinkClosed', (fact) =>
      this.bus.publish(
        downlinkClosed,
        { sessionId: fact.session.sessionId },
        { ...fact, nodeId: this.config.nodeId },
      ),
    );
    this.node.on('downlinkExtended', (fact) =>
      this.bus.publish(downlinkExtended, {}, { ...fact, nodeId: this.config.nodeId }),
    );
    this.node.on('upstreamStopped', (fact) => {
      this.bus.publish(upstreamStopped, {}, { ...fact, nodeId: this.config.nodeId });
      this.refusals.note(fact.reason, { ...fact.session, streamId: fact.streamId });
    });
    this.node.on('transportLost', (fact) =>
      this.bus.publish(
        transportLost,
        { sessionId: fact.session.sessionId },
        { ...fact, nodeId: this.config.nodeId },
      ),
    );
    this.node.on('speakersReported', (speakers) => this.bus.publish(speakersReported, {}, { speakers }));
    this.node.on('workerDied', ({ pid, sessions, error }) => {
      for (let first = 0; first < sessions.length; first += sessionsPerEvent) {
        const some = sessions.slice(first, first + sessionsPerEvent);
        this.bus.publish(sessionsLost, {}, { nodeId: this.config.nodeId, sessions: some });
      }
      eventCounters.workerDeaths.inc({ node: this.config.nodeId });
      this.logger.error({ workerPid: pid, sessions: sessions.length, err: error }, 'media worker died');
    });
    this.node.on('recordingFileClosed', ({ file, stream, userId }) => {
      const { nodeId } = this.config;
      this.bus.publish(recordingFileClosed, {}, { ...stream, nodeId, userId, file });
      this.logger.info({ ...stream, ...file }, 'recording file closed');
      this.logFileReady({ file, stream, userId }).catch((error: unknown) =>
        this.logger.error({ ...stream, path: file.path, err: error }, 'event recording.fileReady lost'),
      );
    });
    this.node.on('recordingEnded', ({ files, problem, reason, stream }) => {
      this.bus.publish(recordingEnded, {}, { ...stream, nodeId: this.config.nodeId, reason, files });
      eventCounters.endedRecordings.inc({ node: this.config.nodeId, reason });
      const level = reason === 'failed' ? 'error' : 'info';
      this.logger[level]({ ...stream, reason, files, problem }, 'recording ended');
    });
    this.node.on('workerReplaced', ({ pid }) =>
      this.logger.info({ workerPid: pid }, 'media worker replaced'),
    );
    this.node.on('replacementFailed', (error) =>
      this.logger.error({ err: error }, 'media worker replacement failed, retrying'),
    );
  }

  /** A process that ends meanwhile loses the event: the file is in the list of the folder all the same. */
  private async logFileReady({ file, stream, userId }: RecordingFileFact): Promise<void> {
    const { appId, recordingId, roomId, streamId } = stream;
    const event = {
      id: `file_${this.config.nodeId}_${file.path}`.slice(-128),
      appId,
      ...(roomId === undefined ? {} : { roomId }),
      ...{ type: 'recording.fileReady' as const, atMs: file.endedAtMs },
      data: { recordingId, streamId, userId, nodeId: this.config.nodeId, ...file },
    };
    await retry(() => this.bus.request(roomRpc.logEvent, event), fileReadyRetry);
  }
}
