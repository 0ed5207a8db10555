import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import {
  type ActiveRecording,
  AppError,
  type NodeRpcContract,
  type RecordedStream,
  recordingRpc,
  type ReplyOf,
  type RequestOf,
} from '@polyroom/contracts';
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
    const answers = await this.askAll(recordingRpc.listRecordings, filter);
    return answers.flatMap(({ nodeId, reply }) =>
      reply.recordings.map((recording) => ({ ...recording, nodeId })),
    );
  }

  /** The answers of the nodes that have one. */
  async askAll<C extends NodeRpcContract>(
    contract: C,
    request: RequestOf<C>,
  ): Promise<{ nodeId: string; reply: ReplyOf<C> }[]> {
    // A process that has just started has not received the nodes' reports yet.
    await this.reportsHeard;
    const answers = await Promise.allSettled(
      this.nodes.ids.map(async (nodeId) => ({ nodeId, reply: await this.ask(contract, nodeId, request) })),
    );
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  }

  async ask<C extends NodeRpcContract>(
    contract: C,
    nodeId: string,
    request: RequestOf<C>,
  ): Promise<ReplyOf<C>> {
    try {
      return await this.bus.requestNode(contract, nodeId, request);
    } catch (error) {
      if (AppError.is(error, 'BUS_UNAVAILABLE')) {
        // Until it reports again.
        this.nodes.forget(nodeId);
      }
      throw error;
    }
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
