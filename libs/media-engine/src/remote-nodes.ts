import { AppError, type mediaPipeRpc, type ReplyOf, type RequestOf } from '@polyroom/contracts';

/**
 * Calls to other media nodes; keeps the engine independent of the bus. Notifications are retried until the
 * node receives them or is lost, and never reject.
 */
export interface RemoteNodes {
  openPipe(
    nodeId: string,
    request: RequestOf<typeof mediaPipeRpc.openPipe>,
  ): Promise<ReplyOf<typeof mediaPipeRpc.openPipe>>;
  closePipe(nodeId: string, request: RequestOf<typeof mediaPipeRpc.closePipe>): Promise<void>;
  extendPipe(nodeId: string, request: RequestOf<typeof mediaPipeRpc.extendPipe>): Promise<void>;
  endPipe(nodeId: string, request: RequestOf<typeof mediaPipeRpc.endPipe>): Promise<void>;
  updatePipe(nodeId: string, request: RequestOf<typeof mediaPipeRpc.updatePipe>): Promise<void>;
}

/** For a node that stands alone: streams of other nodes are unreachable. */
export const noRemoteNodes: RemoteNodes = {
  openPipe: () => Promise.reject(new AppError('MEDIA_NODE_UNAVAILABLE')),
  closePipe: () => Promise.resolve(),
  extendPipe: () => Promise.resolve(),
  endPipe: () => Promise.resolve(),
  updatePipe: () => Promise.resolve(),
};
