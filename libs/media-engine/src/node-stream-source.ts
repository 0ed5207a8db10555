import { type MediaWorker } from './media-worker.js';
import { type CloseReason, type StreamLease, type StreamSource, type WantedStream } from './stream-source.js';

/** All streams, of this node and of other nodes. */
export class NodeStreamSource implements StreamSource {
  constructor(
    private readonly nodeId: string,
    private readonly local: StreamSource,
    private readonly remote: StreamSource,
  ) {}

  lease(
    wanted: WantedStream,
    viewer: MediaWorker,
    onEnded: (reason: CloseReason) => void,
    onAdded: (producerId: string) => void,
  ): Promise<StreamLease> {
    const source = wanted.sourceNodeId === this.nodeId ? this.local : this.remote;
    return source.lease(wanted, viewer, onEnded, onAdded);
  }
}
