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
 * The range of the file that a request names (RFC 9110, 14.2). Undefined stands for the whole file: for an invalid
 * range, one of another file, and several of which the file has more than one, which a server may ignore.
 */
export function readRange(
  headers: RangeHeaders,
  file: CompleteFile,
): ByteRange | 'unsatisfiable' | undefined {
  const tag = headers['if-range'];
  const set = /^bytes=(.*)$/i.exec(headers.range ?? '')?.[1];
  if (set === undefined || (tag !== undefined && tag !== `"${tagOf(file)}"`)) {
    return undefined;
  }
  const texts = set.split(',').map((text) => text.trim());
  const ranges = texts.filter((text) => text !== '').map((text) => parseRange(text, file.bytes));
  if (ranges.length === 0 || ranges.includes(undefined)) {
    return undefined;
  }
  const [range, ...more] = ranges.flatMap((each) => (each!.first <= each!.last ? each! : []));
  if (range === undefined) {
    return 'unsatisfiable';
  }
  return more.length === 0 ? range : undefined;
}

/** Undefined if it is invalid; empty (`first` above `last`) if the file has none of its bytes. */
function parseRange(text: string, bytes: number): ByteRange | undefined {
  const [, first = '', last = ''] = /^(\d*)-(\d*)$/.exec(text) ?? [];
  if (first === '') {
    return last === '' ? undefined : { first: Math.max(0, bytes - Number(last)), last: bytes - 1 };
  }
  if (last !== '' && Number(last) < Number(first)) {
    return undefined;
  }
  return { first: Number(first), last: last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1) };
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
