import { settlesWithin } from '@polyroom/async';
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
import { extras } from 'mediasoup';
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
import { type SessionTraffic, TrafficMeter } from './session-traffic.js';
import { Sessions } from './sessions.js';
import { type CloseReason } from './stream-source.js';
import { type UpstreamStopped, Upstreams } from './upstreams.js';
import { type ActiveSpeaker } from './active-speakers.js';
import { type WorkerTotals } from './worker-traffic.js';
import { WorkerPool, type WorkerPoolOptions } from './worker-pool.js';

export interface MediaNodeOptions extends WorkerPoolOptions, PipeListenOptions {
  nodeId: string;
  /** Access to the other nodes; if omitted, the node stands alone. */
  remoteNodes?: RemoteNodes;
  /** If omitted, recording is disabled. */
  recording?: RecordingsOptions;
}

export type MediaNodeEvents = {
  /** What a session sent and received since the last reading. */
  sessionTraffic: [traffic: SessionTraffic];
  /** A worker died. The named sessions are closed; all others continue. */
  workerDied: [fact: { pid: number; sessions: SessionRef[]; error: Error }];
  /** The pool has all of its workers again. */
  workerReplaced: [fact: { pid: number }];
  replacementFailed: [error: unknown];
  /** A downlink closed without a request from its session. */
  downlinkClosed: [fact: DownlinkClosed];
  /** A played stream has an additional kind, and the downlink a consumer for it. */
  downlinkExtended: [fact: DownlinkExtended];
  /** A stream was closed because its publisher exceeded the data rate. */
  upstreamStopped: [fact: UpstreamStopped];
  /** A client disconnected from one of its session's transports. */
  transportLost: [fact: { session: SessionRef; direction: TransportDirection }];
  /** The active speakers, a few times a second per worker that has any. */
  speakersReported: [speakers: ActiveSpeaker[]];
  recordingFileClosed: [fact: RecordingFileFact];
  recordingEnded: [fact: RecordingEndedFact];
};

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

/** Figures of one worker. */
export interface WorkerFigures {
  /** Its position in the pool, which its replacement takes over. */
  slot: number;
  sessions: number;
  /** CPU time since its start. */
  cpuMs: number;
  totals: WorkerTotals;
}

/** How long figures are waited for: a worker may be stopped. */
const readingDeadlineMs = 500;

/**
 * A media node: the API of the engine, in the types of the contracts. It holds no state of its own; sessions,
 * upstreams, downlinks and pipes own theirs and close in the order given in docs/media.md.
 */
export class MediaNode extends extras.EnhancedEventEmitter<MediaNodeEvents> {
  readonly #nodeId: string;
  readonly #pool: WorkerPool;
  readonly #cpuLoad = new CpuLoad();
  readonly #pipes = new Pipes();
  readonly #upstreams = new Upstreams((fact) => void this.safeEmit('upstreamStopped', fact));
  readonly #pipesIn: RemoteStreamSource;
  readonly #pipesOut: PipesOut;
  readonly #downlinks: Downlinks;
  readonly #sessions: Sessions;
  readonly #recordings: Recordings;
  readonly #meter = new TrafficMeter();
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
      (fact) => void this.safeEmit('downlinkClosed', fact),
      (fact) => void this.safeEmit('downlinkExtended', fact),
    );
    this.#sessions = new Sessions(
      pool,
      (session) => this.#endStreams(session),
      (session, direction) => void this.safeEmit('transportLost', { session, direction }),
    );
    this.#recordings = new Recordings(this.#upstreams, recording, pipePorts, {
      onFile: (fact) => void this.safeEmit('recordingFileClosed', fact),
      onEnded: (fact) => void this.safeEmit('recordingEnded', fact),
    });
    pool.on('workerDied', (worker, error) => this.#handleWorkerDied(worker, error));
    pool.on('listenererror', (event, error) => void this.safeEmit('listenererror', event, error));
    pool.on('workerReplaced', (worker) => void this.safeEmit('workerReplaced', { pid: worker.pid }));
    pool.on('speakersReported', (speakers) => void this.safeEmit('speakersReported', speakers));
    pool.on('replacementFailed', (error) => void this.safeEmit('replacementFailed', error));
  }

  /** Starts the workers. Rejects if a worker cannot start or listen. */
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

  /** Closes all sessions of an AppID. Idempotent. */
  async closeSessionsOf(appId: number): Promise<void> {
    await this.#sessions.closeOf(appId);
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
    if (this.#downlinks.find(session, request.streamId) === undefined) {
      const downlinks = this.#downlinks.listOf(session);
      void this.#report(this.#meter.readBeforeBind(session, downlinks, request.roomId));
    }
    return this.#downlinks.bind(session, binding);
  }

  async resumeDownlink(request: ParsedRequestOf<typeof mediaRpc.resumeDownlink>): Promise<void> {
    await this.#downlinks.resume(this.#sessions.get(request.session), request.streamId);
  }

  async limitDownlink(request: ParsedRequestOf<typeof mediaRpc.limitDownlink>): Promise<void> {
    await this.#downlinks.limit(this.#sessions.get(request.session), request);
  }

  unbindDownlink(
    request: ParsedRequestOf<typeof mediaRpc.unbindDownlink>,
  ): ReplyOf<typeof mediaRpc.unbindDownlink> {
    const session = this.#sessions.find(request.session);
    const downlink = session && this.#downlinks.find(session, request.streamId);
    if (session === undefined || downlink === undefined) {
      return { closed: true, roomIds: [] };
    }
    const downlinks = this.#downlinks.listOf(session);
    void this.#report(this.#meter.readBeforeUnbind(session, downlinks, downlink, request.roomId));
    return this.#downlinks.unbind(session, request.streamId, request.roomId);
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

  /** Another node requests a stream of this one. */
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

  /** Another node was lost: ends the streams received from it and closes the pipes to it. */
  forgetNode(nodeId: string): void {
    this.#pipesOut.closeAllTo(nodeId);
    this.#pipesIn.endAllFrom(nodeId);
  }

  /** Nodes that this one sends streams to or receives streams from. */
  neighbours(): string[] {
    const sources = this.#pipesIn.list().map(({ stream }) => stream.sourceNodeId);
    const targets = this.#pipesOut.list().map(({ targetNodeId }) => targetNodeId);
    return [...new Set([...sources, ...targets])];
  }

  /** Every live object of this node, for diagnostics and tests. */
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

  /** For metrics: figures of the last sample, without a request to a worker. */
  workerFigures(): WorkerFigures[] {
    return this.#pool.workers.map(({ lastCpuTimeMs, sessions, slot, traffic }) => ({
      slot,
      sessions,
      cpuMs: lastCpuTimeMs,
      totals: traffic.totals(),
    }));
  }

  /** Polls some of the transports for their traffic. Meant to be called once a second. */
  async sampleTraffic(): Promise<void> {
    await Promise.all(this.#pool.workers.map(({ traffic }) => traffic.sample()));
  }

  /** Mean share of a core used by the workers since the previous call. Meant for the report each second. */
  sampleCpuLoad(): Promise<number> {
    return this.#cpuLoad.sample(this.#pool.workers);
  }

  /** Ends the recordings, closes all sessions, then the workers. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#recordings
      .close()
      .then(() => this.#sessions.closeAll())
      .then(() => settlesWithin(this.#meter.whenIdle(), readingDeadlineMs))
      .then(() => this.#pool.close());
    return this.#closing;
  }

  /** Reports the traffic of all sessions. A worker that does not answer is left out until the next call. */
  async readTraffic(): Promise<void> {
    const stopped = new Set<MediaWorker>();
    // Some at a time: the workers have other work.
    for (const session of this.#sessions.list()) {
      const { closed, worker } = session;
      if (!closed && !stopped.has(worker) && !(await settlesWithin(this.#read(session), readingDeadlineMs))) {
        stopped.add(worker);
      }
    }
  }

  #read(session: Session): Promise<void> {
    return this.#report(this.#meter.read(session, this.#downlinks.listOf(session)));
  }

  /** Reports the figures when the worker answers, however late. */
  async #report(reading: Promise<SessionTraffic | undefined> | undefined): Promise<void> {
    const traffic = await reading;
    if (traffic !== undefined) {
      this.safeEmit('sessionTraffic', traffic);
    }
  }

  /** Downlinks close before upstreams, and both before the session's transports. */
  #endStreams(session: Session): void {
    if (!session.worker.closed) {
      void this.#read(session);
    }
    // A dead worker closed them without a request, so the players must be notified.
    const reason: CloseReason | undefined = session.worker.closed ? 'workerDied' : undefined;
    this.#downlinks.closeAllOf(session, reason);
    this.#upstreams.closeAllOf(session, reason ?? 'sourceEnded');
  }

  #handleWorkerDied(worker: MediaWorker, error: Error): void {
    const sessions = this.#sessions.dropWorker(worker);
    this.safeEmit('workerDied', { pid: worker.pid, sessions, error });
  }
}
