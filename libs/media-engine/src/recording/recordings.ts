import {
  type ActiveRecording,
  AppError,
  type ParsedRequestOf,
  type RecordedStream,
  type RecordingEndReason,
  type recordingRpc,
} from '@polyroom/contracts';
import { type Upstreams } from '../upstreams.js';
import { Recording } from './recording.js';
import { type FinishedFile, type RecorderOptions } from './recording-writer.js';

export interface RecordingsOptions extends Omit<RecorderOptions, 'ffmpegBin' | 'ports'> {
  /** Omitted if not installed: every recording is refused with that reason. */
  ffmpegBin?: string;
  maxRecordings: number;
}

interface RecordingFact {
  stream: RecordedStream;
  /** The publisher of the stream. */
  userId: string;
}

export interface RecordingFileFact extends RecordingFact {
  file: FinishedFile;
}

export interface RecordingEndedFact extends RecordingFact {
  reason: RecordingEndReason;
  files: number;
  /** For the log: the error of ffmpeg or the disk. */
  problem?: string;
}

export interface RecordingsListener {
  onFile: (fact: RecordingFileFact) => void;
  onEnded: (fact: RecordingEndedFact) => void;
}

interface Entry {
  recording: Recording;
  started: Promise<void>;
}

/** The recordings of a node. */
export class Recordings {
  readonly #byKey = new Map<string, Entry>();
  #closed = false;

  /** @param options omitted: recording is disabled. */
  constructor(
    private readonly upstreams: Upstreams,
    private readonly options: RecordingsOptions | undefined,
    private readonly ports: RecorderOptions['ports'],
    private readonly listener: RecordingsListener,
  ) {}

  get count(): number {
    return this.#byKey.size;
  }

  async start(stream: RecordedStream): Promise<ActiveRecording> {
    const entry = this.#byKey.get(keyOf(stream)) ?? this.#create(stream);
    await entry.started;
    return entry.recording.describe();
  }

  /** Stops one stream, or all with the recording ID. Returns their number when the files are complete. */
  async stop(recordingId: string, streamId: string | undefined): Promise<number> {
    const entries = this.#find({ recordingId, streamId });
    await Promise.all(entries.map(({ recording }) => recording.end('stopped')));
    return entries.length;
  }

  list(filter: ParsedRequestOf<typeof recordingRpc.listRecordings>): ActiveRecording[] {
    return this.#find(filter).map(({ recording }) => recording.describe());
  }

  /** Ends all recordings and refuses new ones. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#byKey.values()].map(({ recording }) => recording.end('nodeClosed')));
  }

  #find({ appId, recordingId, streamId }: Partial<RecordedStream>): Entry[] {
    return [...this.#byKey.values()].filter(
      ({ recording: { stream } }) =>
        stream.appId === (appId ?? stream.appId) &&
        stream.recordingId === (recordingId ?? stream.recordingId) &&
        stream.streamId === (streamId ?? stream.streamId),
    );
  }

  #create(stream: RecordedStream): Entry {
    const { ffmpegBin, maxRecordings, ...rest } = this.#assertEnabled();
    const upstream = this.upstreams.find(stream.appId, stream.streamId);
    if (upstream === undefined || !upstream.complete || this.#closed) {
      throw new AppError('PLAYER_PLAY_STREAM_NOT_EXIST', { details: { streamId: stream.streamId } });
    }
    if (upstream.dataProducer !== undefined) {
      throw new AppError('RECORDING_CODEC_UNSUPPORTED', { details: { kind: 'data' } });
    }
    const twin = this.#find({ appId: stream.appId, streamId: stream.streamId }).find(
      ({ recording }) => recording.stream.roomId === stream.roomId,
    );
    if (twin !== undefined) {
      const { recordingId } = twin.recording.stream;
      throw new AppError('RECORDING_ALREADY_RUNNING', { details: { recordingId } });
    }
    if (this.#byKey.size >= maxRecordings) {
      throw new AppError('RECORDING_LIMIT_REACHED', { details: { maxRecordings } });
    }
    const key = keyOf(stream);
    const { userId } = upstream.session.ref;
    const recording: Recording = new Recording(
      stream,
      upstream,
      { ...rest, ffmpegBin, ports: this.ports },
      {
        onFile: (file) => this.listener.onFile({ stream, userId, file }),
        onEnded: (reason, problem) => {
          this.#byKey.delete(key);
          const { files } = recording.describe();
          this.listener.onEnded({
            stream,
            userId,
            reason,
            files,
            ...(problem === undefined ? {} : { problem }),
          });
        },
      },
    );
    const entry = { recording, started: recording.start() };
    this.#byKey.set(key, entry);
    return entry;
  }

  #assertEnabled(): RecordingsOptions & { ffmpegBin: string } {
    if (this.options === undefined) {
      throw new AppError('RECORDING_DISABLED');
    }
    const { ffmpegBin } = this.options;
    if (ffmpegBin === undefined) {
      throw new AppError('RECORDING_FFMPEG_MISSING');
    }
    return { ...this.options, ffmpegBin };
  }
}

function keyOf({ recordingId, streamId }: RecordedStream): string {
  return `${recordingId}/${streamId}`;
}
