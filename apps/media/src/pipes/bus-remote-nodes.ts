import { retry } from '@polyroom/async';
import { type Bus } from '@polyroom/bus';
import { AppError, mediaPipeRpc, type NodeRpcContract, type RequestOf } from '@polyroom/contracts';
import { type RemoteNodes } from '@polyroom/media-engine';
import { type Logger } from '@polyroom/observability';

const tellAttempts = 4;
const firstRetryDelayMs = 250;
const longestRetryDelayMs = 1000;

/** Calls the other media nodes over the bus. */
export class BusRemoteNodes implements RemoteNodes {
  constructor(
    private readonly bus: Bus,
    private readonly logger: Logger,
  ) {}

  async openPipe(nodeId: string, request: RequestOf<typeof mediaPipeRpc.openPipe>) {
    try {
      return await this.bus.requestNode(mediaPipeRpc.openPipe, nodeId, request);
    } catch (error) {
      if (AppError.is(error, 'BUS_UNAVAILABLE') || AppError.is(error, 'BUS_TIMEOUT')) {
        throw new AppError('MEDIA_NODE_UNAVAILABLE', { details: { sourceNodeId: nodeId }, cause: error });
      }
      throw error;
    }
  }

  closePipe(nodeId: string, request: RequestOf<typeof mediaPipeRpc.closePipe>): Promise<void> {
    return this.tell(mediaPipeRpc.closePipe, nodeId, request);
  }

  extendPipe(nodeId: string, request: RequestOf<typeof mediaPipeRpc.extendPipe>): Promise<void> {
    return this.tell(mediaPipeRpc.extendPipe, nodeId, request);
  }

  endPipe(nodeId: string, request: RequestOf<typeof mediaPipeRpc.endPipe>): Promise<void> {
    return this.tell(mediaPipeRpc.endPipe, nodeId, request);
  }

  updatePipe(nodeId: string, request: RequestOf<typeof mediaPipeRpc.updatePipe>): Promise<void> {
    return this.tell(mediaPipeRpc.updatePipe, nodeId, request);
  }

  /** A node that no longer exists needs no message; a node that does not answer is retried. */
  private async tell<C extends NodeRpcContract>(contract: C, nodeId: string, request: RequestOf<C>) {
    await retry(() => this.bus.requestNode(contract, nodeId, request), {
      attempts: tellAttempts,
      firstDelayMs: firstRetryDelayMs,
      maxDelayMs: longestRetryDelayMs,
      shouldRetry: (error) => AppError.is(error, 'BUS_TIMEOUT'),
      onFailure: (error) =>
        this.logger.warn(
          { err: error, remoteNodeId: nodeId, method: contract.method },
          'media node not notified yet',
        ),
    }).catch(() => undefined);
  }
}
