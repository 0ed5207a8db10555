import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError, type MediaKind, type RecordedStream, type RecordingFile } from '@polyroom/contracts';
import { type types } from 'mediasoup';
import { type Upstream } from '../upstream.js';
import { Ffmpeg } from './ffmpeg.js';
import { type RecordingNote } from './recording-note.js';
import { recordingPath } from './recording-path.js';
import { type FirstPacket, RecordingTrack } from './recording-track.js';

/** Recorder settings of a node. */
export interface RecorderOptions {
  /** Absolute; created if missing. */
  dir: string;
  /** Absolute. */
  ffmpegBin: string;
  /** `setpriv` of util-linux, if found: it stops ffmpeg if the node is killed. */
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

/** Another process may bind a port between the choice and ffmpeg's bind. */
const openAttempts = 3;
/** The size of a header without packets. */
const emptyBytes = 1024;

/** One file being written: its tracks and their ffmpeg. Its name ends in `.part` until it is complete. */
export class RecordingWriter {
  readonly path: string;
  readonly kinds: MediaKind[];
  /** Settles when packets flow. False: it was closed first, or no key frame arrived. */
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
   * Opens the file with ffmpeg listening: packets sent from now on are recorded.
   *
   * @param onFailed is called at most once, when ffmpeg exits unexpectedly; the writer still has to be
   * closed.
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

  /** Pauses tracks in the file, or resumes them, once it has begun. Never rejects. */
  async silence(isSilenced: (kind: MediaKind) => boolean): Promise<void> {
    if (await this.begun.catch(() => false)) {
      const flows = this.tracks.map((track) => track.setFlowing(!isSilenced(track.kind)));
      // If the worker has died, the file ends with it.
      await Promise.allSettled(flows);
    }
  }

  /** Ends the file and returns its description; undefined if nothing was received. Idempotent. */
  close(): Promise<FinishedFile | undefined> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Video first: audio starts after the first key frame, so that both begin at nearly the same time. */
  async #begin(): Promise<boolean> {
    const videoTracks = this.tracks.filter(({ kind }) => kind === 'video');
    const moments = await Promise.all(
      videoTracks.map(async (track) => ({ track, first: await track.beginVideo() })),
    );
    if (moments.some(({ first }) => first === undefined) || this.#closing !== undefined) {
      return false;
    }
    this.#startedAtMs = Date.now();
    const sounds = this.tracks.filter(({ kind }) => kind === 'audio');
    const coming = sounds.map(async (track) => ({ track, first: await track.beginAudio() }));
    // If the worker dies meanwhile, the file ends with it.
    this.#align(moments, coming).catch(() => undefined);
    return true;
  }

  async #align(moments: Moment[], coming: Promise<Moment>[]): Promise<void> {
    const known = [...moments, ...(await Promise.all(coming))].flatMap(({ first, track }) =>
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

  #note({ bytes, endedAtMs, startedAtMs }: FinishedFile): RecordingNote {
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
