import { createHash, timingSafeEqual } from 'node:crypto';
import { isStale, type WebhookProblem } from './webhook-signature.js';

const timestampPattern = /^(0|[1-9][0-9]{0,11})$/;
const signaturePattern = /^[0-9a-f]{40}$/;

/** What a ZEGO callback carries in its body. */
export interface ZegoCallback {
  signature: string;
  /** Unix seconds, as in the body. */
  timestamp: string;
  nonce: string;
  callbackSecret: string;
  toleranceSeconds: number;
  nowMs: number;
}

/** ZEGO's signature of a callback: SHA-1 over the sorted values. It does not cover the body. */
export function signZegoCallback(callbackSecret: string, timestamp: string, nonce: string): string {
  return digest(callbackSecret, timestamp, nonce).toString('hex');
}

/** The reason to refuse a callback, or undefined if its signature is made with `callbackSecret`. */
export function findZegoCallbackProblem(callback: ZegoCallback): WebhookProblem | undefined {
  const { signature, timestamp, nonce, callbackSecret, toleranceSeconds, nowMs } = callback;
  if (!timestampPattern.test(timestamp) || !signaturePattern.test(signature)) {
    return 'malformed';
  }
  if (!timingSafeEqual(Buffer.from(signature, 'hex'), digest(callbackSecret, timestamp, nonce))) {
    return 'mismatch';
  }
  return isStale(Number(timestamp), toleranceSeconds, nowMs) ? 'stale' : undefined;
}

function digest(...values: string[]): Buffer {
  // By bytes: the order of JavaScript's UTF-16 differs from that of other languages.
  const sorted = values.map((value) => Buffer.from(value, 'utf8')).sort((a, b) => Buffer.compare(a, b));
  return createHash('sha1').update(Buffer.concat(sorted)).digest();
}
