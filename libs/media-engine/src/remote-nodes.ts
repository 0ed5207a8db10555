import { AppError, type mediaPipeRpc, type ReplyOf, type RequestOf } from '@polyroom/contracts';

/**
 * How a node asks the others; the engine knows nothing of the bus. What a node only has to be told is
 * told until it is heard or the node is gone: that never rejects.
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

/** Of a node that stands alone: streams of other nodes are out of its reach. */
export const noRemoteNodes: RemoteNodes = {
  openPipe: () => Promise.reject(new AppError('MEDIA_NODE_UNAVAILABLE')),
  closePipe: () => Promise.resolve(),
  extendPipe: () => Promise.resolve(),
  endPipe: () => Promise.resolve(),
  updatePipe: () => Promise.resolve(),
};
