import {
  AppError,
  type ClientRequest,
  clientFrameMaxBytes,
  clientRequestSchema,
  socketLimits,
} from '@polyroom/contracts';
import { buildTextFrame, type OutFrame } from '@polyroom/session';

/** A parsed frame: a request, or the error to respond with (`id` is null if it is unknown). */
export type ParsedFrame =
  { ok: true; request: ClientRequest } | { ok: false; id: number | null; error: AppError };

/** Parses one frame of a client. Never throws. */
export function parseClientFrame(data: Buffer, isBinary: boolean): ParsedFrame {
  if (data.length > clientFrameMaxBytes) {
    return {
      ok: false,
      id: null,
      error: new AppError('PROTOCOL_FRAME_TOO_LARGE', { details: { maxBytes: clientFrameMaxBytes } }),
    };
  }
  if (isBinary) {
    return malformed(null, 'binary');
  }
  let value: unknown;
  try {
    value = JSON.parse(data.toString('utf8'));
  } catch {
    return malformed(null, 'json');
  }
  if (isDeeperThan(value, socketLimits.maxFrameDepth)) {
    return malformed(null, 'depth');
  }
  const parsed = clientRequestSchema.safeParse(value);
  if (!parsed.success) {
    return malformed(findId(value), 'envelope');
  }
  return { ok: true, request: parsed.data };
}

export function encodeResult(id: number, result: unknown): OutFrame {
  return buildTextFrame(JSON.stringify({ id, result }));
}

export function encodeError(id: number | null, error: AppError): OutFrame {
  return buildTextFrame(JSON.stringify({ id, error: error.toWire() }));
}

function malformed(id: number | null, problem: string): ParsedFrame {
  return { ok: false, id, error: new AppError('PROTOCOL_MALFORMED_FRAME', { details: { problem } }) };
}

function findId(value: unknown): number | null {
  if (typeof value !== 'object' || value === null || !('id' in value)) {
    return null;
  }
  const id = clientRequestSchema.shape.id.safeParse(value.id);
  return id.success ? id.data : null;
}

function isDeeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  if (depth === 0) {
    return true;
  }
  return Object.values(value).some((inner) => isDeeperThan(inner, depth - 1));
}
