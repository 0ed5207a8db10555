import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import { type ActiveRecording, AppError, type RecordedStream, recordingRpc } from '@polyroom/contracts';
import { MediaNodes } from '@polyroom/session';

export interface NodeRecording extends ActiveRecording {
  nodeId: string;
}

/** Every media node has reported within this time. */
const reportsHeardAfterMs = 1500;

/** Active recordings of the media nodes, regardless of which process started them. */
@Injectable()
export class RecordingNodes implements OnModuleInit {
  private reportsHeard: Promise<void> | undefined;

  constructor(
    private readonly bus: Bus,
    private readonly nodes: MediaNodes,
  ) {}

  onModuleInit(): void {
    this.reportsHeard = sleep(reportsHeardAfterMs, undefined, { ref: false });
  }

  /** A node that does not respond has no recordings to list. */
  async list(filter: { appId: number; recordingId?: string }): Promise<NodeRecording[]> {
    // A process that has just started has not received the nodes' reports yet.
    await this.reportsHeard;
    const answers = await Promise.allSettled(
      this.nodes.ids.map(async (nodeId) => {
        const { recordings } = await this.bus
          .requestNode(recordingRpc.listRecordings, nodeId, filter)
          .catch((error: unknown) => {
            if (AppError.is(error, 'BUS_UNAVAILABLE')) {
              // Until it reports again.
              this.nodes.forget(nodeId);
            }
            throw error;
          });
        return recordings.map((recording) => ({ ...recording, nodeId }));
      }),
    );
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  }

  async start(nodeId: string, stream: RecordedStream): Promise<NodeRecording> {
    return { ...(await this.bus.requestNode(recordingRpc.startRecording, nodeId, stream)), nodeId };
  }

  /** Never rejects: a node that has ended records nothing. */
  async stop(nodeId: string, recordingId: string, streamId?: string): Promise<number> {
    const request = { recordingId, ...(streamId === undefined ? {} : { streamId }) };
    const { stopped } = await this.bus
      .requestNode(recordingRpc.stopRecording, nodeId, request)
      .catch(() => ({ stopped: 0 }));
    return stopped;
  }
}
