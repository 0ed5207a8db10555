import { EventEmitter } from 'node:events';
import {
  AppError,
  type MediaSession,
  type mediaPipeRpc,
  type ParsedRequestOf,
  type ReplyOf,
  type mediaRpc,
  type recordingRpc,
  type SessionRef,
  type TransportDirection,
} from '@polyroom/contracts';
import { CpuLoad } from './cpu-load.js';
import { type DownlinkClosed, type DownlinkExtended, Downlinks } from './downlinks.js';
import { LocalStreamSource } from './local-stream-source.js';
import { type MediaWorker } from './media-worker.js';
import { NodeStreamSource } from './node-stream-source.js';
import { Pipes } from './pipes.js';
import { defaultPipePorts, type PipeListenOptions } from './pipe-listen.js';
import { PipesOut } from './pipes-out.js';
import {
  Recordings,
  type RecordingEndedFact,
  type RecordingFileFact,
  type RecordingsOptions,
} from './recording/recordings.js';
import { noRemoteNodes, type RemoteNodes } from './remote-nodes.js';
import { RemoteStreamSource } from './remote-stream-source.js';
import { type Session } from './session.js';
import { Sessions } from './sessions.js';
import { type CloseReason } from './stream-source.js';
import { type UpstreamStopped, Upstreams } from './upstreams.js';
import { type Voice } from './voices.js';
import { type WorkerTotals } from './worker-traffic.js';
import { WorkerPool, type WorkerPoolOptions } from './worker-pool.js';

export interface MediaNodeOptions extends WorkerPoolOptions, PipeListenOptions {
  nodeId: string;
  /** The way to the other nodes; left out: it stands alone. */
  remoteNodes?: RemoteNodes;
  /** Left out: nothing is recorded here. */
  recording?: RecordingsOptions;
}

export interface MediaNodeEvents {
  /** A worker died. Its sessions, named here, are gone; the others go on. */
  workerDied: [fact: { pid: number; sessions: SessionRef[]; error: Error }];
  /** The pool is complete again. */
  workerReplaced: [fact: { pid: number }];
  replacementFailed: [error: unknown];
  /** A downlink closed without its session having asked for it. */
  downlinkClosed: [fact: DownlinkClosed];
  /** A stream that is being played has one more kind, and the downlink a consumer for it. */
  downlinkExtended: [fact: DownlinkExtended];
  /** A stream ended because its publisher sent data too fast. */
  upstreamStopped: [fact: UpstreamStopped];
  /** A client is gone from one of its session's transports. */
  transportLost: [fact: { session: SessionRef; direction: TransportDirection }];
  /** Those who speak at this moment, a few times a second for each worker with any. */
  voicesHeard: [voices: Voice[]];
  recordingFileClosed: [fact: RecordingFileFact];
  recordingEnded: [fact: RecordingEndedFact];
}

export interface MediaNodeCounts {
  workers: number;
  sessions: number;
  transports: number;
  upstreams: number;
  downlinks: number;
  pipes: number;
  pipesIn: number;
  pipesOut: number;
  recordings: number;
}

/** How one worker does. */
export interface WorkerFigures {
  /** Its place in the pool, which the one after it takes over. */
  slot: number;
  sessions: number;
  /** CPU time since its start. */
  cpuMs: number;
  totals: WorkerTotals;
}

/**
 * A media node: everything that can be asked of it, in the terms of the contracts. It holds no state of
 * its own; sessions, upstreams, downlinks and pipes each keep theirs and close in the order that
 * docs/media.md gives.
 */
export class MediaNode extends EventEmitter<MediaNodeEvents> {
  readonly #nodeId: string;
  readonly #pool: WorkerPool;
  readonly #cpuLoad = new CpuLoad();
  readonly #pipes = new Pipes();
  readonly #upstreams = new Upstreams((fact) => void this.emit('upstreamStopped', fact));
  readonly #pipesIn: RemoteStreamSource;
  readonly #pipesOut: PipesOut;
  readonly #downlinks: Downlinks;
  readonly #sessions: Sessions;
  readonly #recordings: Recordings;
  #closing: Promise<void> | undefined;

  private constructor(options: MediaNodeOptions, pool: WorkerPool) {
    super();
    const { nodeId, pipePorts = defaultPipePorts, recording, remoteNodes = noRemoteNodes } = options;
    this.#nodeId = nodeId;
    this.#pool = pool;
    this.#pipesIn = new RemoteStreamSource(nodeId, options, remoteNodes);
    this.#pipesOut = new PipesOut(this.#upstreams, options, remoteNodes);
    const local = new LocalStreamSource(this.#upstreams, this.#pipes);
    this.#downlinks = new Downlinks(
      new NodeStreamSource(nodeId, local, this.#pipesIn),
      (fact) => void this.emit('downlinkClosed', fact),
      (fact) => void this.emit('downlinkExtended', fact),
    );
    this.#sessions = new Sessions(
      pool,
      (session) => this.#endStreams(session),
      (session, direction) => void this.emit('transportLost', { session, direction }),
    );
    this.#recordings = new Recordings(this.#upstreams, recording, pipePorts, {
      onFile: (fact) => void this.emit('recordingFileClosed', fact),
      onEnded: (fact) => void this.emit('recordingEnded', fact),
    });
    pool.on('workerDied', (worker, error) => this.#handleWorkerDied(worker, error));
    pool.on('workerReplaced', (worker) => void this.emit('workerReplaced', { pid: worker.pid }));
    pool.on('voicesHeard', (voices) => void this.emit('voicesHeard', voices));
    pool.on('replacementFailed', (error) => void this.emit('replacementFailed', error));
  }

  /** Starts the workers; rejects where one of them cannot start or cannot listen. */
  static async create(options: MediaNodeOptions): Promise<MediaNode> {
    return new MediaNode(options, await WorkerPool.create(options));
  }

  async openSession(request: ParsedRequestOf<typeof mediaRpc.openSession>): Promise<MediaSession> {
    if (this.#closing !== undefined) {
      throw new AppError('MEDIA_NODE_UNAVAILABLE');
    }
    const session = await this.#sessions.open(request.session, request.data?.maxMessageBytes);
    return session.describe(this.#nodeId);
  }

  async closeSession(request: ParsedRequestOf<typeof mediaRpc.closeSession>): Promise<void> {
    await this.#sessions.close(request.session);
  }

  getSession(request: ParsedRequestOf<typeof mediaRpc.getSession>): ReplyOf<typeof mediaRpc.getSession> {
    const session = this.#sessions.get(request.session);
    return {
      upstreams: this.#upstreams.listOf(session).map((upstream) => upstream.describe()),
      downlinks: this.#downlinks.listOf(session).map(({ streamId, roomIds }) => ({
        streamId,
        roomIds: [...roomIds],
      })),
    };
  }

  async connectTransport(request: ParsedRequestOf<typeof mediaRpc.connectTransport>): Promise<void> {
    const session = this.#sessions.get(request.session);
    await session.transport(request.direction, request.transportId).connect(request.dtlsParameters);
  }

  async restartIce(
    request: ParsedRequestOf<typeof mediaRpc.restartIce>,
  ): Promise<ReplyOf<typeof mediaRpc.restartIce>> {
    const session = this.#sessions.get(request.session);
    return { iceParameters: await session.transport(request.direction, request.transportId).restartIce() };
  }

  async produce(
    request: ParsedRequestOf<typeof mediaRpc.produce>,
  ): Promise<ReplyOf<typeof mediaRpc.produce>> {
    const session = this.#sessions.get(request.session);
    const { streamId, kind, kinds, rtpParameters } = request;
    session.transport('send', request.transportId);
    const producer = await this.#upstreams.produce(session, streamId, kind, rtpParameters, kinds);
    return { producerId: producer.id };
  }

  async produceData(
    request: ParsedRequestOf<typeof mediaRpc.produceData>,
  ): Promise<ReplyOf<typeof mediaRpc.produceData>> {
    const session = this.#sessions.get(request.session);
    const { transport } = session.transport('send', request.transportId);
    const { id } = await this.#upstreams.produceData(session, request.streamId, request);
    return { dataProducerId: id, maxMessageBytes: transport.sctpParameters?.maxReceiveMessageSize ?? 0 };
  }

  async muteUpstream(request: ParsedRequestOf<typeof mediaRpc.muteUpstream>): Promise<void> {
    await this.#upstreams.mute(this.#sessions.get(request.session), request.streamId, request);
  }

  closeUpstream(request: ParsedRequestOf<typeof mediaRpc.closeUpstream>): void {
    const session = this.#sessions.find(request.session);
    if (session !== undefined) {
      this.#upstreams.close(session, request.streamId);
    }
  }

  async bindDownlink(
    request: ParsedRequestOf<typeof mediaRpc.bindDownlink>,
  ): Promise<ReplyOf<typeof mediaRpc.bindDownlink>> {
    const { session: ref, ...binding } = request;
    const session = this.#sessions.get(ref);
    session.transport('recv', request.transportId);
    return this.#downlinks.bind(session, binding);
  }

  async resumeDownlink(request: ParsedRequestOf<typeof mediaRpc.resumeDownlink>): Promise<void> {
    await this.#downlinks.resume(this.#sessions.get(request.session), request.streamId);
  }

  unbindDownlink(
    request: ParsedRequestOf<typeof mediaRpc.unbindDownlink>,
  ): ReplyOf<typeof mediaRpc.unbindDownlink> {
    const session = this.#sessions.find(request.session);
    return session === undefined
      ? { closed: true, roomIds: [] }
      : this.#downlinks.unbind(session, request.streamId, request.roomId);
  }

  startRecording(
    request: ParsedRequestOf<typeof recordingRpc.startRecording>,
  ): Promise<ReplyOf<typeof recordingRpc.startRecording>> {
    return this.#recordings.start(request);
  }

  async stopRecording({
    recordingId,
    streamId,
  }: ParsedRequestOf<typeof recordingRpc.stopRecording>): Promise<
    ReplyOf<typeof recordingRpc.stopRecording>
  > {
    return { stopped: await this.#recordings.stop(recordingId, streamId) };
  }

  listRecordings(
    request: ParsedRequestOf<typeof recordingRpc.listRecordings>,
  ): ReplyOf<typeof recordingRpc.listRecordings> {
    return { recordings: this.#recordings.list(request) };
  }

  /** Another node asks for a stream of this one. */
  openPipe(
    request: ParsedRequestOf<typeof mediaPipeRpc.openPipe>,
  ): Promise<ReplyOf<typeof mediaPipeRpc.openPipe>> {
    return this.#pipesOut.open(request);
  }

  closePipe({ pipeId }: ParsedRequestOf<typeof mediaPipeRpc.closePipe>): void {
    this.#pipesOut.close(pipeId);
  }

  extendPipe({ pipeId, producers }: ParsedRequestOf<typeof mediaPipeRpc.extendPipe>): void {
    this.#pipesIn.extend(pipeId, producers);
  }

  endPipe({ pipeId, reason }: ParsedRequestOf<typeof mediaPipeRpc.endPipe>): void {
    this.#pipesIn.end(pipeId, reason);
  }

  updatePipe({ pipeId, mutes }: ParsedRequestOf<typeof mediaPipeRpc.updatePipe>): void {
    this.#pipesIn.update(pipeId, mutes);
  }

  /** Another node is gone, and with it what came from it and who was sent something there. */
  forgetNode(nodeId: string): void {
    this.#pipesOut.closeAllTo(nodeId);
    this.#pipesIn.endAllFrom(nodeId);
  }

  /** The nodes that send something here or are sent something. */
  neighbours(): string[] {
    const sources = this.#pipesIn.list().map(({ stream }) => stream.sourceNodeId);
    const targets = this.#pipesOut.list().map(({ targetNodeId }) => targetNodeId);
    return [...new Set([...sources, ...targets])];
  }

  /** Everything alive on this node, for people and tests. */
  dump(): ReplyOf<typeof mediaRpc.dumpNode> {
    return {
      nodeId: this.#nodeId,
      workers: this.#pool.workers.map(({ pid, routers }) => ({ pid, routers })),
      sessions: this.#sessions.list().map((session) => ({
        ...session.ref,
        workerPid: session.worker.pid,
        transports: [session.send.dump(), session.recv.dump()],
        upstreams: this.#upstreams.listOf(session).map(({ streamId, kinds }) => ({ streamId, kinds })),
        downlinks: this.#downlinks.listOf(session).map(({ streamId, roomIds, consumers, dataConsumer }) => ({
          streamId,
          roomIds: [...roomIds],
          consumers: consumers.length + (dataConsumer === undefined ? 0 : 1),
        })),
      })),
      pipes: this.#pipes
        .list()
        .map(({ upstream, downlinks }) => ({ streamId: upstream.streamId, downlinks })),
      pipesIn: this.#pipesIn.list().map(({ stream, downlinks }) => ({
        streamId: stream.streamId,
        sourceNodeId: stream.sourceNodeId,
        downlinks,
      })),
      pipesOut: this.#pipesOut
        .list()
        .map(({ upstream, targetNodeId }) => ({ streamId: upstream.streamId, targetNodeId })),
    };
  }

  async dumpWorkers(): Promise<ReplyOf<typeof mediaRpc.dumpWorkers>> {
    return { workers: await Promise.all(this.#pool.workers.map((worker) => worker.dump())) };
  }

  counts(): MediaNodeCounts {
    const sessions = this.#sessions.list();
    return {
      workers: this.#pool.workers.length,
      sessions: this.#sessions.count,
      transports: sessions.length * 2,
      upstreams: this.#upstreams.count,
      downlinks: this.#downlinks.count,
      pipes: this.#pipes.list().length,
      pipesIn: this.#pipesIn.list().length,
      pipesOut: this.#pipesOut.list().length,
      recordings: this.#recordings.count,
    };
  }

  /** For metrics: as of the last sample, without asking a worker. */
  workerFigures(): WorkerFigures[] {
    return this.#pool.workers.map(({ lastCpuTimeMs, sessions, slot, traffic }) => ({
      slot,
      sessions,
      cpuMs: lastCpuTimeMs,
      totals: traffic.totals(),
    }));
  }

  /** Asks some of the transports what has gone through them. Meant for each second. */
  async sampleTraffic(): Promise<void> {
    await Promise.all(this.#pool.workers.map(({ traffic }) => traffic.sample()));
  }

  /** The workers' mean share of a core since the call before. Meant for a report each second. */
  sampleCpuLoad(): Promise<number> {
    return this.#cpuLoad.sample(this.#pool.workers);
  }

  /** Ends the recordings, closes all sessions, then the workers. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#recordings
      .close()
      .then(() => this.#sessions.closeAll())
      .then(() => this.#pool.close());
    return this.#closing;
  }

  /** What a session plays goes before what it publishes, and both before its transports. */
  #endStreams(session: Session): void {
    // A worker that died took them without anybody having asked: whoever plays has to know.
    const reason: CloseReason | undefined = session.worker.closed ? 'workerDied' : undefined;
    this.#downlinks.closeAllOf(session, reason);
    this.#upstreams.closeAllOf(session, reason ?? 'sourceEnded');
  }

  #handleWorkerDied(worker: MediaWorker, error: Error): void {
    const sessions = this.#sessions.dropWorker(worker);
    this.emit('workerDied', { pid: worker.pid, sessions, error });
  }
}
