import {
  type ActiveRecording,
  AppError,
  type RecordedStream,
  type RecordingEndReason,
} from '@polyroom/contracts';
import { type types } from 'mediasoup';
import { type CloseReason } from '../stream-source.js';
import { type Upstream } from '../upstream.js';
import { isRecordable } from './recording-sdp.js';
import { type FinishedFile, type RecorderOptions, RecordingWriter } from './recording-writer.js';

export interface RecordingListener {
  onFile: (file: FinishedFile) => void;
  /** Called once, after the last file. */
  onEnded: (reason: RecordingEndReason, problem?: string) => void;
}

/**
 * The recording of one stream: one file while the set of tracks is the same, the next file when a track is
 * added. A paused track stays in its file; a track that does not flow when a file begins is not in it. While
 * no track flows, nothing is written.
 */
export class Recording {
  readonly startedAtMs = Date.now();
  /** The current writer, and writers that are about to take over or to end. */
  readonly #writers = new Set<RecordingWriter>();
  readonly #watched = new Set<types.Producer>();
  /** Video tracks without a key frame within the deadline. They are left out of files until one arrives. */
  readonly #withoutKeyFrame = new Set<types.Producer>();
  #current: RecordingWriter | undefined;
  #files = 0;
  /** Why a file could not be completed. */
  #lost: string | undefined;
  /** Serializes changes of the file. */
  #changes: Promise<void> = Promise.resolve();
  #ending: Promise<void> | undefined;

  constructor(
    readonly stream: RecordedStream,
    readonly upstream: Upstream,
    private readonly options: RecorderOptions,
    private readonly listener: RecordingListener,
  ) {}

  get ended(): boolean {
    return this.#ending !== undefined;
  }

  /**
   * Starts the recording, with a file if a track flows.
   *
   * @throws RECORDING_CODEC_UNSUPPORTED or RECORDING_FAILED; the recording has then ended
   */
  async start(): Promise<void> {
    this.upstream.onKindAdded(this.#handleChange);
    this.upstream.onEnd(this.#handleEnd);
    this.upstream.mutes.onChange(this.#handleChange);
    try {
      for (const { rtpParameters } of this.upstream.producers) {
        const mimeType = rtpParameters.codecs[0]!.mimeType;
        if (!isRecordable(mimeType)) {
          throw new AppError('RECORDING_CODEC_UNSUPPORTED', { details: { mimeType } });
        }
      }
      this.#changes = this.#adapt();
      await this.#changes;
    } catch (error) {
      await this.end('failed');
      throw AppError.is(error) ? error : new AppError('RECORDING_FAILED', { cause: error });
    }
    if (this.#ending !== undefined) {
      await this.#ending;
      throw new AppError('PLAYER_PLAY_STREAM_NOT_EXIST');
    }
  }

  describe(): ActiveRecording {
    return {
      ...this.stream,
      startedAtMs: this.startedAtMs,
      ...(this.#current === undefined ? {} : { file: this.#current.describe() }),
      files: this.#files,
    };
  }

  /** Ends the recording and waits for its files. Idempotent. */
  end(reason: RecordingEndReason, problem?: string): Promise<void> {
    this.#ending ??= this.#end(reason, problem);
    return this.#ending;
  }

  async #end(reason: RecordingEndReason, problem: string | undefined): Promise<void> {
    this.upstream.offKindAdded(this.#handleChange);
    this.upstream.offEnd(this.#handleEnd);
    this.upstream.mutes.offChange(this.#handleChange);
    this.#watched.forEach((producer) => {
      producer.observer.off('resume', this.#handleFlow);
      producer.off('trace', this.#handleFlow);
    });
    const closing = this.#closeAll();
    // A writer that is still opening detects the end and is closed too.
    await Promise.allSettled([closing, this.#changes]);
    await this.#closeAll();
    this.listener.onEnded(this.#lost === undefined ? reason : 'failed', problem ?? this.#lost);
  }

  async #closeAll(): Promise<void> {
    await Promise.all([...this.#writers].map((writer) => this.#close(writer)));
  }

  async #close(writer: RecordingWriter): Promise<void> {
    let file: FinishedFile | undefined;
    try {
      file = await writer.close();
    } catch (error) {
      // The disk is full or missing: the data written so far stays under its temporary name.
      this.#lost = String(error);
    }
    if (this.#writers.delete(writer) && file !== undefined) {
      this.#files += 1;
      this.listener.onFile(file);
    }
    if (this.#current === writer) {
      this.#current = undefined;
    }
  }

  readonly #handleChange = (): void => {
    const change = this.#changes.then(() => this.#adapt());
    this.#changes = change;
    change.catch((error: unknown) => void this.end('failed', String(error)));
  };

  readonly #handleEnd = (reason: CloseReason): void => {
    void this.end(reason === 'workerDied' ? 'workerDied' : 'sourceEnded');
  };

  /** A track flows again, or a late key frame arrived. */
  readonly #handleFlow = (): void => {
    this.#withoutKeyFrame.clear();
    this.#handleChange();
  };

  /** Records the tracks that flow, in a new file if necessary. */
  async #adapt(): Promise<void> {
    if (this.#ending !== undefined) {
      return;
    }
    const producers = this.upstream.producers.filter((producer) => this.#isWanted(producer));
    const missing = producers.filter((producer) => this.#current?.carries(producer) !== true);
    if (missing.length > 0) {
      await this.#openNext(producers);
    }
    void this.#current?.silence((kind) => this.#isSilenced(kind));
  }

  #isWanted(producer: types.Producer): boolean {
    if (!this.#watched.has(producer)) {
      this.#watched.add(producer);
      producer.observer.on('resume', this.#handleFlow);
    }
    return (
      !producer.paused &&
      !this.#withoutKeyFrame.has(producer) &&
      !this.#isSilenced(producer.kind) &&
      isRecordable(producer.rtpParameters.codecs[0]!.mimeType)
    );
  }

  #isSilenced(kind: types.MediaKind): boolean {
    const { roomId } = this.stream;
    return roomId !== undefined && this.upstream.mutes.silences(kind, new Set([roomId]));
  }

  /** The next file begins before the last one ends, so their overlap is in both. */
  async #openNext(producers: types.Producer[]): Promise<void> {
    const next: RecordingWriter = await RecordingWriter.open(
      this.stream,
      this.upstream,
      producers,
      this.options,
      (problem) => {
        if (this.#current === next) {
          void this.end('failed', problem);
        }
      },
    );
    this.#writers.add(next);
    if (this.#ending !== undefined) {
      await this.#close(next);
      return;
    }
    const previous = this.#current;
    if (previous === undefined) {
      this.#current = next;
      next.begun.then(
        (begun) => {
          if (!begun) {
            void this.#continueWithout(next, producers);
          }
        },
        // The failure was already reported.
        () => undefined,
      );
    } else if (await next.begun) {
      this.#current = next;
      await this.#close(previous);
    } else {
      await this.#continueWithout(next, producers);
    }
  }

  /** No key frame arrived: records the audio alone until one does. */
  async #continueWithout(writer: RecordingWriter, producers: types.Producer[]): Promise<void> {
    const ended = this.#ending !== undefined;
    await this.#close(writer);
    if (ended) {
      return;
    }
    for (const producer of producers.filter(({ kind }) => kind === 'video')) {
      this.#withoutKeyFrame.add(producer);
      producer.off('trace', this.#handleFlow).once('trace', this.#handleFlow);
      producer.enableTraceEvent(['keyframe']).catch(() => undefined);
    }
    this.#handleChange();
  }
}
