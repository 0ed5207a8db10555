import { Injectable } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import { type ActiveRecording, type RecordedStream, recordingRpc } from '@polyroom/contracts';
import { MediaNodes } from '@polyroom/session';

export interface NodeRecording extends ActiveRecording {
  nodeId: string;
}

/** What the media nodes record, whoever has asked them to. */
@Injectable()
export class RecordingNodes {
  constructor(
    private readonly bus: Bus,
    private readonly nodes: MediaNodes,
  ) {}

  /** A node that does not answer records nothing that could be listed. */
  async list(filter: { appId: number; recordingId?: string }): Promise<NodeRecording[]> {
    const answers = await Promise.allSettled(
      this.nodes.ids.map(async (nodeId) => {
        const { recordings } = await this.bus.requestNode(recordingRpc.listRecordings, nodeId, filter);
        return recordings.map((recording) => ({ ...recording, nodeId }));
      }),
    );
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  }

  async start(nodeId: string, stream: RecordedStream): Promise<NodeRecording> {
    return { ...(await this.bus.requestNode(recordingRpc.startRecording, nodeId, stream)), nodeId };
  }

  /** Never rejects: a node that is gone records nothing. */
  async stop(nodeId: string, recordingId: string, streamId?: string): Promise<number> {
    const request = { recordingId, ...(streamId === undefined ? {} : { streamId }) };
    const { stopped } = await this.bus
      .requestNode(recordingRpc.stopRecording, nodeId, request)
      .catch(() => ({ stopped: 0 }));
    return stopped;
  }
}
