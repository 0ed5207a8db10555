import { createHmac, timingSafeEqual } from 'node:crypto';

/** Why a request is refused. `stale` is reported only for a genuine signature. */
export type WebhookProblem = 'malformed' | 'mismatch' | 'stale';

/** As many as the hash has (RFC 7518, section 3.2). */
export const webhookSecretMinBytes = 32;

const timestampPattern = /^(0|[1-9][0-9]{0,11})$/;
const signaturePattern = /^[0-9a-f]{64}$/;

/** A request as it arrives. */
export interface SignedWebhook {
  /** The value of `Polyroom-Signature`. */
  header: string;
  /** The bytes of the body, before any parsing. */
  body: string | Uint8Array;
  secret: string;
  /** How far the timestamp may be from this machine's time, in either direction. */
  toleranceSeconds: number;
  nowMs: number;
}

/**
 * Returns the value of `Polyroom-Signature`: `t=<Unix seconds>,v1=<hex>`, with one `v1` per secret, so that receivers
 * accept both secrets during a rotation.
 */
export function signWebhook(
  body: string | Uint8Array,
  secrets: readonly string[],
  timestampSeconds: number,
): string {
  if (secrets.length === 0) {
    throw new Error('a webhook is signed with at least one secret');
  }
  const signatures = secrets.map((secret) => `v1=${sign(body, secret, timestampSeconds).toString('hex')}`);
  return [`t=${timestampSeconds}`, ...signatures].join(',');
}

/** The reason to refuse a request, or undefined if one of its `v1` signatures is made with `secret`. */
export function findWebhookProblem(webhook: SignedWebhook): WebhookProblem | undefined {
  const { header, body, secret, toleranceSeconds, nowMs } = webhook;
  const parsed = parseHeader(header);
  if (parsed === undefined) {
    return 'malformed';
  }
  const expected = sign(body, secret, parsed.timestampSeconds);
  // All of them are compared, so that the time does not depend on which one matches.
  const matches = parsed.signatures.filter((signature) => timingSafeEqual(signature, expected));
  if (matches.length === 0) {
    return 'mismatch';
  }
  return isStale(parsed.timestampSeconds, toleranceSeconds, nowMs) ? 'stale' : undefined;
}

/** Whether a signed timestamp is too far from now: a captured request cannot be replayed later. */
export function isStale(timestampSeconds: number, toleranceSeconds: number, nowMs: number): boolean {
  return Math.abs(nowMs / 1000 - timestampSeconds) > toleranceSeconds;
}

/** Undefined without exactly one timestamp and at least one `v1`. Other schemes are skipped: later versions add some. */
function parseHeader(header: string): { timestampSeconds: number; signatures: Buffer[] } | undefined {
  const items = header.split(',').map((item) => item.trim());
  const valuesOf = (scheme: string): string[] =>
    items.filter((item) => item.startsWith(`${scheme}=`)).map((item) => item.slice(scheme.length + 1));
  const [timestamp, ...furtherTimestamps] = valuesOf('t');
  const signatures = valuesOf('v1');
  if (
    timestamp === undefined ||
    furtherTimestamps.length > 0 ||
    !timestampPattern.test(timestamp) ||
    signatures.length === 0 ||
    !signatures.every((signature) => signaturePattern.test(signature))
  ) {
    return undefined;
  }
  return {
    timestampSeconds: Number(timestamp),
    signatures: signatures.map((signature) => Buffer.from(signature, 'hex')),
  };
}

function sign(body: string | Uint8Array, secret: string, timestampSeconds: number): Buffer {
  // HMAC accepts an empty key, and then any client could sign.
  if (Buffer.byteLength(secret) < webhookSecretMinBytes) {
    throw new Error(`a webhook secret must have at least ${webhookSecretMinBytes} bytes`);
  }
  return createHmac('sha256', secret).update(`${timestampSeconds}.`).update(body).digest();
}
