import {
  AppError,
  type PayloadOf,
  type recordingEnded,
  type RecordedStream,
  type RecordingTarget,
  roomAdminRpc,
  roomRpc,
} from '@polyroom/contracts';
import { type Bus } from '@polyroom/bus';
import { type Logger } from '@polyroom/observability';
import { type NodeRecording, type RecordingNodes } from './recording-nodes.js';

/**
 * A stream that is absent for this long will not return; a publisher whose node failed is back within
 * seconds.
 */
const streamGoneAfterMs = 30_000;
/** Delay before a failed attempt is repeated. */
const retryAfterMs = 10_000;

interface Attempt {
  nodeId: string;
  /** Omitted if it was refused. */
  recording?: NodeRecording;
  error?: AppError;
  atMs: number;
}

/**
 * One recording order, while it exists. After each event and every few seconds it compares the streams that should
 * be recorded with those that are, and starts and stops recordings on the media nodes accordingly: a stream that has
 * moved to another node continues there, in the next file.
 */
export class RecordingOrder {
  readonly #attempts = new Map<string, Attempt>();
  #queue: Promise<void> = Promise.resolve();
  #waiting = false;
  #seenAtMs = Date.now();
  #ended = false;

  /** @param onOver is called once, when the recorded room or stream has ended. */
  constructor(
    readonly recordingId: string,
    readonly target: RecordingTarget,
    private readonly bus: Bus,
    private readonly nodes: RecordingNodes,
    private readonly logger: Logger,
    private readonly onOver: () => void,
  ) {}

  get recordings(): NodeRecording[] {
    return [...this.#attempts.values()].flatMap(({ recording }) => recording ?? []);
  }

  /** Why a stream that should be recorded is not. */
  get refusal(): AppError | undefined {
    const errors = [...this.#attempts.values()].flatMap(({ error }) => error ?? []);
    const inRoom = this.target.roomId !== undefined;
    // A stream of a room may have ended, or not exist yet: the order for the room continues.
    const refusals = errors.filter(
      ({ errorName }) => !inRoom || errorName !== 'PLAYER_PLAY_STREAM_NOT_EXIST',
    );
    return this.recordings.length > 0 ? undefined : refusals[0];
  }

  concerns(appId: number, streamId: string): boolean {
    return this.target.appId === appId && (this.target.streamId ?? streamId) === streamId;
  }

  /** Recordings that media nodes already have for it, from another instance. */
  adopt(recordings: NodeRecording[]): void {
    for (const recording of recordings) {
      const { nodeId, streamId } = recording;
      this.#attempts.set(streamId, { nodeId, recording, atMs: Date.now() });
    }
  }

  /** Compares now, or once more after a comparison in progress. Never rejects. */
  check(): Promise<void> {
    if (!this.#waiting) {
      this.#waiting = true;
      this.#queue = this.#queue
        .then(() => {
          this.#waiting = false;
          return this.#compare();
        })
        .catch((error: unknown) =>
          this.logger.warn({ err: error, recordingId: this.recordingId }, 'recording not compared'),
        );
    }
    return this.#queue;
  }

  /** A node ended a recording of one of its streams. */
  handleEnded({ nodeId, reason, streamId }: PayloadOf<typeof recordingEnded>): void {
    const attempt = this.#attempts.get(streamId);
    if (attempt?.nodeId !== nodeId || attempt.recording === undefined) {
      return;
    }
    if (reason === 'failed') {
      this.#attempts.set(streamId, { nodeId, error: new AppError('RECORDING_FAILED'), atMs: Date.now() });
    } else {
      this.#attempts.delete(streamId);
      void this.check();
    }
  }

  /** Ends it, and waits until the files are complete. Idempotent. */
  async end(): Promise<number> {
    this.#ended = true;
    await this.#queue;
    const running = this.recordings;
    this.#attempts.clear();
    await Promise.all(
      running.map(({ nodeId, streamId }) => this.nodes.stop(nodeId, this.recordingId, streamId)),
    );
    return running.length;
  }

  /** Stops executing the order, because another instance does: media nodes keep recording. */
  drop(): void {
    this.#ended = true;
    this.#attempts.clear();
  }

  async #compare(): Promise<void> {
    if (this.#ended) {
      return;
    }
    const streamIds = await this.#findStreams();
    if (streamIds === undefined) {
      this.onOver();
      return;
    }
    const gone = this.recordings.filter(({ streamId }) => !streamIds.includes(streamId));
    for (const { nodeId, streamId } of gone) {
      this.#attempts.delete(streamId);
      await this.nodes.stop(nodeId, this.recordingId, streamId);
    }
    await Promise.all(streamIds.map((streamId) => this.#record(streamId)));
  }

  /** Undefined if the room, or the stream, has ended. */
  async #findStreams(): Promise<string[] | undefined> {
    const { appId, roomId, streamId } = this.target;
    try {
      if (roomId !== undefined) {
        const { streams } = await this.bus.request(roomRpc.getSnapshot, { appId, roomId });
        // Data streams are not recorded.
        return streams.filter(({ kinds }) => !kinds.includes('data')).map(({ streamId }) => streamId);
      }
      await this.bus.request(roomAdminRpc.findStream, { appId, streamId: streamId! });
      this.#seenAtMs = Date.now();
      return [streamId!];
    } catch (error) {
      if (AppError.is(error, 'ROOM_ROOMID_INCORRECT')) {
        return undefined;
      }
      if (AppError.is(error, 'PLAYER_PLAY_STREAM_NOT_EXIST')) {
        return Date.now() - this.#seenAtMs < streamGoneAfterMs ? [] : undefined;
      }
      throw error;
    }
  }

  async #record(streamId: string): Promise<void> {
    const { appId, roomId } = this.target;
    let nodeId: string;
    try {
      ({ nodeId } = await this.bus.request(roomAdminRpc.findStream, { appId, streamId }));
    } catch (error) {
      if (AppError.is(error, 'PLAYER_PLAY_STREAM_NOT_EXIST')) {
        return;
      }
      throw error;
    }
    const before = this.#attempts.get(streamId);
    if (before?.nodeId === nodeId && !isDue(before)) {
      return;
    }
    const stream: RecordedStream = {
      recordingId: this.recordingId,
      appId,
      streamId,
      ...(roomId === undefined ? {} : { roomId }),
    };
    try {
      const recording = await this.nodes.start(nodeId, stream);
      this.#attempts.set(streamId, { nodeId, recording, atMs: Date.now() });
    } catch (error) {
      const refusal = AppError.is(error) ? error : new AppError('RECORDING_FAILED', { cause: error });
      this.#attempts.set(streamId, { nodeId, error: refusal, atMs: Date.now() });
      const context = { ...stream, nodeId, code: refusal.code };
      if (refusal.fault === 'client') {
        // The publisher's codec cannot be recorded, or the stream has just started or ended.
        this.logger.info(context, 'stream not recorded');
      } else {
        this.logger.warn({ ...context, err: error }, 'stream not recorded');
      }
    }
  }
}

/** Whether to ask the node again: a running recording continues, one that ended without a report restarts. */
function isDue({ atMs, error }: Attempt): boolean {
  // It was published just now, or is about to end: the next check decides.
  const isEarly = error?.errorName === 'PLAYER_PLAY_STREAM_NOT_EXIST';
  return error === undefined || isEarly || (error.retryable && Date.now() - atMs >= retryAfterMs);
}
