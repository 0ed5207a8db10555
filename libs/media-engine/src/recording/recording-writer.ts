import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError, type MediaKind, type RecordedStream, type RecordingFile } from '@polyroom/contracts';
import { type types } from 'mediasoup';
import { type Upstream } from '../upstream.js';
import { Ffmpeg } from './ffmpeg.js';
import { recordingPath } from './recording-path.js';
import { type FirstPacket, RecordingTrack } from './recording-track.js';

/** The recorder of a node, as its operator has set it up. */
export interface RecorderOptions {
  /** Absolute; made where it is missing. */
  dir: string;
  /** Absolute. */
  ffmpegBin: string;
  /** `setpriv` of util-linux, where it was found: it ends ffmpeg should the node be killed. */
  setprivBin?: string;
  /** UDP ports on the loopback interface. */
  ports: { min: number; max: number };
}

export interface FinishedFile extends RecordingFile {
  endedAtMs: number;
  bytes: number;
}

interface Moment {
  track: RecordingTrack;
  first: FirstPacket | undefined;
}

/** Somebody else may bind a port between the choice and ffmpeg. */
const openAttempts = 3;
/** A header without a packet. */
const emptyBytes = 1024;

/** One file while it is written: its tracks, and the ffmpeg behind them. Its name ends in `.part` until it is whole. */
export class RecordingWriter {
  readonly path: string;
  readonly kinds: MediaKind[];
  /** Settles when the packets flow. False: it was closed first, or no picture came. */
  readonly begun: Promise<boolean>;
  #startedAtMs: number;
  #closing: Promise<FinishedFile | undefined> | undefined;

  private constructor(
    private readonly stream: RecordedStream,
    private readonly upstream: Upstream,
    private readonly options: RecorderOptions,
    private readonly tracks: RecordingTrack[],
    private readonly ffmpeg: Ffmpeg,
    startedAtMs: number,
    onFailed: (problem: string) => void,
  ) {
    this.#startedAtMs = startedAtMs;
    this.path = recordingPath(stream, startedAtMs);
    this.kinds = tracks.map(({ kind }) => kind);
    this.begun = this.#begin();
    const fail = (problem: string) => {
      if (this.#closing === undefined) {
        onFailed(problem);
      }
    };
    this.begun.catch((error: unknown) => fail(String(error)));
    void ffmpeg.exited.then(() => fail(ffmpeg.log));
  }

  /**
   * Opens the file, with ffmpeg listening: what flows from now on is in it.
   *
   * @param onFailed is called at most once, when ffmpeg ends by itself; the writer still has to be closed.
   * @throws RECORDING_FAILED
   */
  static async open(
    stream: RecordedStream,
    upstream: Upstream,
    producers: readonly types.Producer[],
    options: RecorderOptions,
    onFailed: (problem: string) => void,
  ): Promise<RecordingWriter> {
    let problem = '';
    for (let attempt = 0; attempt < openAttempts; attempt += 1) {
      const startedAtMs = Date.now();
      const file = join(options.dir, recordingPath(stream, startedAtMs));
      await mkdir(dirname(file), { recursive: true });
      const tracks = await openTracks(upstream, producers, options.ports);
      const ffmpeg = Ffmpeg.start({ ...options, tracks, file: `${file}.part` });
      if (await ffmpeg.listen()) {
        return new RecordingWriter(stream, upstream, options, tracks, ffmpeg, startedAtMs, onFailed);
      }
      tracks.forEach((track) => track.close());
      await ffmpeg.end();
      await rm(`${file}.part`, { force: true });
      problem = ffmpeg.log;
      if (upstream.closed) {
        break;
      }
    }
    throw new AppError('RECORDING_FAILED', { cause: new Error(`ffmpeg does not listen: ${problem}`) });
  }

  describe(): RecordingFile {
    return { path: this.path, startedAtMs: this.#startedAtMs, kinds: this.kinds };
  }

  carries(producer: types.Producer): boolean {
    return this.tracks.some((track) => track.producer === producer);
  }

  /** Keeps tracks out of the file, or lets them in again, once it has begun. Never rejects. */
  async silence(isSilenced: (kind: MediaKind) => boolean): Promise<void> {
    if (await this.begun.catch(() => false)) {
      const flows = this.tracks.map((track) => track.setFlowing(!isSilenced(track.kind)));
      // A worker that is gone takes the file with it.
      await Promise.allSettled(flows);
    }
  }

  /** Ends the file, and says what is in it; nothing where nothing came. Idempotent. */
  close(): Promise<FinishedFile | undefined> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** The picture first: the sound follows its first key frame, so both begin at nearly the same moment. */
  async #begin(): Promise<boolean> {
    const pictures = this.tracks.filter(({ kind }) => kind === 'video');
    const moments = await Promise.all(
      pictures.map(async (track) => ({ track, first: await track.beginPicture() })),
    );
    if (moments.some(({ first }) => first === undefined) || this.#closing !== undefined) {
      return false;
    }
    this.#startedAtMs = Date.now();
    const sounds = this.tracks.filter(({ kind }) => kind === 'audio');
    const all = [...moments, ...sounds.map(async (track) => ({ track, first: await track.beginSound() }))];
    // A worker that is gone meanwhile takes the file with it.
    this.#align(all).catch(() => undefined);
    return true;
  }

  async #align(moments: (Moment | Promise<Moment>)[]): Promise<void> {
    const known = (await Promise.all(moments)).flatMap(({ first, track }) =>
      first === undefined ? [] : [{ track, ...first }],
    );
    await this.ffmpeg.align(known);
  }

  async #close(): Promise<FinishedFile | undefined> {
    const endedAtMs = Date.now();
    this.tracks.forEach((track) => track.close());
    await this.ffmpeg.end();
    const file = join(this.options.dir, this.path);
    const { size: bytes } = await stat(`${file}.part`).catch(() => ({ size: 0 }));
    if (bytes <= emptyBytes) {
      await rm(`${file}.part`, { force: true });
      return undefined;
    }
    const finished: FinishedFile = { ...this.describe(), endedAtMs, bytes };
    await writeFile(`${file}.json`, `${JSON.stringify(this.#note(finished), undefined, 2)}\n`);
    await rename(`${file}.part`, file);
    return finished;
  }

  #note({ bytes, endedAtMs, startedAtMs }: FinishedFile): object {
    const { appId, recordingId, roomId, streamId } = this.stream;
    return {
      recordingId,
      appId,
      ...(roomId === undefined ? {} : { roomId }),
      streamId,
      userId: this.upstream.session.ref.userId,
      startedAt: new Date(startedAtMs).toISOString(),
      endedAt: new Date(endedAtMs).toISOString(),
      durationMs: endedAtMs - startedAtMs,
      bytes,
      tracks: this.tracks.map(({ codec, kind }) => ({ kind, codec: codec.mimeType.split('/')[1] })),
    };
  }
}

async function openTracks(
  upstream: Upstream,
  producers: readonly types.Producer[],
  ports: RecorderOptions['ports'],
): Promise<RecordingTrack[]> {
  const results = await Promise.allSettled(
    producers.map((producer) => RecordingTrack.open(upstream.session.router, producer, ports)),
  );
  const opened = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failure = results.find((result) => result.status === 'rejected');
  if (failure !== undefined) {
    opened.forEach((track) => track.close());
    throw failure.reason;
  }
  return opened;
}
