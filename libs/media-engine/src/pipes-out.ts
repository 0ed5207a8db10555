import { AppError, type mediaPipeRpc, type ParsedRequestOf, type ReplyOf } from '@polyroom/contracts';
import { PipeOut } from './pipe-out.js';
import { type PipeListenOptions } from './pipe-listen.js';
import { type RemoteNodes } from './remote-nodes.js';
import { type Upstreams } from './upstreams.js';

/** The streams that this node pipes to other nodes. */
export class PipesOut {
  readonly #upstreams: Upstreams;
  readonly #listen: PipeListenOptions;
  readonly #nodes: RemoteNodes;
  readonly #byId = new Map<string, PipeOut>();

  constructor(upstreams: Upstreams, listen: PipeListenOptions, nodes: RemoteNodes) {
    this.#upstreams = upstreams;
    this.#listen = listen;
    this.#nodes = nodes;
  }

  list(): PipeOut[] {
    return [...this.#byId.values()];
  }

  async open(
    request: ParsedRequestOf<typeof mediaPipeRpc.openPipe>,
  ): Promise<ReplyOf<typeof mediaPipeRpc.openPipe>> {
    const { pipeId } = request;
    const pipe = this.#byId.get(pipeId) ?? this.#create(request);
    try {
      return await pipe.opened;
    } catch (error) {
      this.#forget(pipe);
      throw error;
    }
  }

  /** Idempotent. */
  close(pipeId: string): void {
    const pipe = this.#byId.get(pipeId);
    if (pipe !== undefined) {
      this.#forget(pipe);
      pipe.close();
    }
  }

  /** The receiving node was lost. */
  closeAllTo(nodeId: string): void {
    this.list()
      .filter(({ targetNodeId }) => targetNodeId === nodeId)
      .forEach(({ pipeId }) => this.close(pipeId));
  }

  #create(request: ParsedRequestOf<typeof mediaPipeRpc.openPipe>): PipeOut {
    const { appId, data = false, end, pipeId, streamId, targetNodeId } = request;
    const upstream = this.#upstreams.find(appId, streamId);
    const isWanted = upstream?.complete === true && (upstream.dataProducer !== undefined) === data;
    if (upstream === undefined || !isWanted) {
      throw new AppError('PLAYER_PLAY_STREAM_NOT_EXIST');
    }
    const pipe: PipeOut = new PipeOut(
      pipeId,
      upstream,
      targetNodeId,
      end,
      this.#listen,
      (reason) => {
        this.#forget(pipe);
        void this.#nodes.endPipe(targetNodeId, { pipeId, reason });
      },
      () => void this.#nodes.updatePipe(targetNodeId, { pipeId, mutes: upstream.mutes.list() }),
      (producers) => void this.#nodes.extendPipe(targetNodeId, { pipeId, producers }),
    );
    this.#byId.set(pipeId, pipe);
    return pipe;
  }

  #forget(pipe: PipeOut): void {
    if (this.#byId.get(pipe.pipeId) === pipe) {
      this.#byId.delete(pipe.pipeId);
    }
  }
}
