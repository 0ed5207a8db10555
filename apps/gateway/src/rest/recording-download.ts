import { Readable } from 'node:stream';
import { createParamDecorator, type ExecutionContext, StreamableFile } from '@nestjs/common';
import { recordingRpc, type CompleteFile } from '@polyroom/contracts';

export const matroska = 'video/x-matroska';

export interface ByteRange {
  first: number;
  last: number;
}

export interface RangeHeaders {
  range?: string;
  'if-range'?: string;
}

/** The headers with which a client continues a download. */
export const RangeRequest = createParamDecorator(
  (_data: undefined, context: ExecutionContext): RangeHeaders =>
    context.switchToHttp().getRequest<{ headers: RangeHeaders }>().headers,
);

/** Of a complete file, which never changes under its name. */
export const tagOf = ({ bytes, endedAtMs }: CompleteFile): string => `${endedAtMs}-${bytes}`;

/**
 * The range of the file that a request names. Undefined stands for the whole file: also for several ranges, one
 * beyond the end, and one of another file, which a server may ignore (RFC 9110, 14.2).
 */
export function readRange(headers: RangeHeaders, file: CompleteFile): ByteRange | undefined {
  const tag = headers['if-range'];
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? '') ?? [];
  if ((first === '' && last === '') || (tag !== undefined && tag !== `"${tagOf(file)}"`)) {
    return undefined;
  }
  const end = file.bytes - 1;
  const range =
    first === ''
      ? { first: Math.max(0, file.bytes - Number(last)), last: end }
      : { first: Number(first), last: last === '' ? end : Math.min(Number(last), end) };
  return range.first > range.last ? undefined : range;
}

/** Reads the bytes at an offset; fewer than `length` only at the end of the file. */
export type ReadChunk = (offset: number, length: number) => Promise<Buffer>;

/** A file as an attachment. The next chunk is read when the client has taken the one before. */
export function streamFile({ path }: CompleteFile, range: ByteRange, read: ReadChunk): StreamableFile {
  return new StreamableFile(Readable.from(readChunks(range, read), { objectMode: false }), {
    type: matroska,
    // Letters, digits and -_~. only.
    disposition: `attachment; filename="${path.slice(path.lastIndexOf('/') + 1)}"`,
    length: range.last - range.first + 1,
  });
}

async function* readChunks({ first, last }: ByteRange, read: ReadChunk): AsyncGenerator<Buffer> {
  for (let offset = first; offset <= last;) {
    const chunk = await read(offset, Math.min(recordingRpc.mostChunkBytes, last - offset + 1));
    if (chunk.length === 0) {
      // Breaks the connection, so that the client sees that the file is not complete.
      throw new Error(`the recording file has only ${offset} bytes`);
    }
    yield chunk;
    offset += chunk.length;
  }
}
