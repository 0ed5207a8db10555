import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ReadableStream } from 'node:stream/web';
import { type Resources, RestConnectionError, RestError } from '@polyroom/server-sdk';
import { reasonOf } from '../output/describe-error.js';
import { Failure, UsageError } from '../output/failure.js';

type RecordedFile = Resources['RecordedFile'];
type Problem = ConstructorParameters<typeof RestError>[2];

export interface DownloadSource {
  url: string;
  apiKey: string;
  appId: number;
}

const fileName = /^[\w~-]+\.\d{8}T\d{9}Z\.mkv$/;

/**
 * Downloads a complete file into a folder, readable by this user only, and returns its path. What an earlier download
 * has left in `NAME.part` is continued; a file that is there already is not fetched again.
 */
export async function downloadFile(
  source: DownloadSource,
  file: RecordedFile,
  folder: string,
  signal: AbortSignal,
): Promise<string> {
  const name = basename(file.path);
  if (!fileName.test(name)) {
    throw new Failure(`the server names the file ${JSON.stringify(name)}, which is no name of a recording`);
  }
  const target = join(folder, name);
  const size = await sizeOf(target);
  if (size === file.bytes) {
    return target;
  }
  if (size !== undefined) {
    throw new UsageError(
      `${target} exists and has ${size} bytes, the recording has ${file.bytes}`,
      'move it away, or use --output',
    );
  }
  const part = `${target}.part`;
  const partSize = (await sizeOf(part)) ?? 0;
  if (partSize > file.bytes) {
    await rm(part);
  }
  const offset = partSize > file.bytes ? 0 : partSize;
  if (offset < file.bytes) {
    await fetchInto(part, source, file, offset, signal);
  }
  if ((await sizeOf(part)) !== file.bytes) {
    throw new Failure(`the download of ${name} is incomplete`, { cure: 'repeat the command: it continues' });
  }
  await rename(part, target);
  return target;
}

async function fetchInto(
  part: string,
  { apiKey, appId, url }: DownloadSource,
  { path, recordingId }: RecordedFile,
  offset: number,
  signal: AbortSignal,
): Promise<void> {
  const query = new URLSearchParams({ path });
  const headers = {
    authorization: `Bearer ${apiKey}`,
    ...(offset === 0 ? {} : { range: `bytes=${offset}-` }),
  };
  const response = await fetch(
    `${url}/v1/apps/${appId}/recordings/${encodeURIComponent(recordingId)}/file?${query}`,
    // Another server must not get the key.
    { headers, redirect: 'error', signal },
  ).catch((error: unknown) => {
    throw new RestConnectionError(1, error);
  });
  if (!response.ok || response.body === null) {
    const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json');
    const requestId = response.headers.get('x-request-id') ?? undefined;
    const problem = isProblem === true ? ((await response.json()) as Problem) : undefined;
    throw new RestError(response.status, requestId, problem);
  }
  // A proxy may ignore the range, and answer with the whole file.
  const flags = response.status === 206 ? 'a' : 'w';
  const content = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
  await pipeline(content, createWriteStream(part, { flags, mode: 0o600 }), { signal }).catch(
    (error: unknown) => {
      throw new Failure(`the download ended early: ${reasonOf(error)}`, {
        cure: 'repeat the command: it continues',
      });
    },
  );
}

async function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ size }) => size,
    () => undefined,
  );
}
