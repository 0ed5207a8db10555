import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AppError,
  type CompleteFile,
  type ParsedRequestOf,
  recordingRpc,
  type ReplyOf,
} from '@polyroom/contracts';
import { type RecordingNote } from './recording-note.js';

const { compareRecordingPaths, completeFileSchema, recordingPathSchema } = recordingRpc;

const isMissing = (error: unknown): boolean =>
  (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';

/** Undefined if the description is not one of this version. */
function fromNote(path: string, note: RecordingNote): CompleteFile | undefined {
  const { startedAt, endedAt, durationMs: _durationMs, tracks, ...rest } = note;
  return completeFileSchema.safeParse({
    ...rest,
    path,
    startedAtMs: Date.parse(startedAt),
    endedAtMs: Date.parse(endedAt),
    kinds: tracks.map(({ kind }) => kind),
  }).data;
}

/** The complete files in the recording directory, of this node and of others that share it. */
export class RecordingFiles {
  /** @param dir omitted: recording is disabled, and there are no files. */
  constructor(private readonly dir: string | undefined) {}

  /** Of an AppID, newest first. Reads the names of all its files, and the descriptions of those that it returns. */
  async list({
    appId,
    after,
    limit,
  }: ParsedRequestOf<typeof recordingRpc.listRecordingFiles>): Promise<CompleteFile[]> {
    const files: CompleteFile[] = [];
    for (const path of await this.#findPaths(appId)) {
      if (files.length >= limit) {
        break;
      }
      if (after === undefined || compareRecordingPaths(after, path) < 0) {
        const file = await this.#describe(path);
        if (file !== undefined) {
          files.push(file);
        }
      }
    }
    return files;
  }

  /** @throws RECORDING_FILE_NOT_FOUND */
  async read({
    appId,
    recordingId,
    path,
    offset,
    length,
  }: ParsedRequestOf<typeof recordingRpc.readRecordingFile>): Promise<
    ReplyOf<typeof recordingRpc.readRecordingFile>
  > {
    const file = await this.#describe(path);
    if (file === undefined || file.appId !== appId || file.recordingId !== recordingId) {
      throw new AppError('RECORDING_FILE_NOT_FOUND', { details: { path } });
    }
    return { file, data: (await this.#readBytes(path, offset, length)).toString('base64') };
  }

  async #findPaths(appId: number): Promise<string[]> {
    if (this.dir === undefined) {
      return [];
    }
    const folder = `app-${appId}`;
    const names = await readdir(join(this.dir, folder), { recursive: true }).catch((error: unknown) => {
      if (isMissing(error)) {
        return [];
      }
      throw error;
    });
    return names
      .map((name) => `${folder}/${name}`)
      .filter((path) => recordingPathSchema.safeParse(path).success)
      .sort(compareRecordingPaths);
  }

  /** From the file beside it. */
  async #describe(path: string): Promise<CompleteFile | undefined> {
    if (this.dir === undefined) {
      return undefined;
    }
    const text = await readFile(join(this.dir, `${path}.json`), 'utf8').catch((error: unknown) => {
      if (isMissing(error)) {
        return undefined;
      }
      throw error;
    });
    return text === undefined ? undefined : fromNote(path, JSON.parse(text) as RecordingNote);
  }

  async #readBytes(path: string, offset: number, length: number): Promise<Buffer> {
    const handle = await open(join(this.dir!, path)).catch((error: unknown) => {
      throw isMissing(error) ? new AppError('RECORDING_FILE_NOT_FOUND', { details: { path } }) : error;
    });
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  }
}
