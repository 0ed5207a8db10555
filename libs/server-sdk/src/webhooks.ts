import {
  findWebhookProblem,
  findZegoCallbackProblem,
  signWebhook as sign,
  signZegoCallback as signZego,
  type WebhookProblem,
  webhookSecretMinBytes,
} from '@polyroom/tokens';
import { assertFilledList, assertInteger, assertObject, assertString, refusal } from './checks.js';
import { assertClock } from './token-options.js';

/** The header that carries the signature. */
export const webhookSignatureHeader = 'Polyroom-Signature';

export interface SignWebhookOptions {
  /** The body as it is sent. */
  body: string | Uint8Array;
  /** One, or two during a rotation; at least 32 bytes each. */
  secrets: readonly string[];
  /** Default: now. */
  nowMs?: number;
}

export interface VerifyWebhookOptions {
  /** The value of `Polyroom-Signature`; undefined if the request has none. */
  header: string | undefined;
  /** The body as it arrived, before any parsing. */
  body: string | Uint8Array;
  /** At least 32 bytes. */
  secret: string;
  /** How old a request may be. Default: 300. */
  toleranceSeconds?: number;
  /** Default: now. */
  nowMs?: number;
}

export interface VerifyZegoCallbackOptions {
  /** `signature`, `timestamp` and `nonce` of the body. */
  signature: string | undefined;
  timestamp: string | number;
  nonce: string | number;
  /** The CallbackSecret. */
  callbackSecret: string;
  /** How old a callback may be. Default: 300. */
  toleranceSeconds?: number;
  /** Default: now. */
  nowMs?: number;
}

/** A request is not to be trusted: answer it with 400 and ignore its body. */
export class WebhookSignatureError extends Error {
  override readonly name = 'WebhookSignatureError';

  constructor(
    /** `malformed`: no signature of this kind. `mismatch`: another secret or body. `stale`: genuine, but too old. */
    readonly reason: 'malformed' | 'mismatch' | 'stale',
  ) {
    super(messages[reason]);
  }
}

const messages = {
  malformed: 'The signature is missing or malformed.',
  mismatch: 'The signature does not match: the secret is another one, or the body was changed or parsed.',
  stale:
    'The timestamp is too far from the current time: the request is a repeated one, or a clock is wrong.',
} as const satisfies Record<WebhookProblem, string>;

const defaultToleranceSeconds = 300;
const toleranceBounds = { min: 1, max: 86_400 };

/** Returns the value of `Polyroom-Signature` for a body. */
export function signWebhook(options: SignWebhookOptions): string {
  assertObject('options', options, ['body', 'secrets', 'nowMs']);
  const { body, secrets, nowMs = Date.now() } = options;
  assertBody(body);
  assertFilledList('secrets', secrets, 'name two during a rotation');
  secrets.forEach((secret, index) => assertWebhookSecret(`secrets[${index}]`, secret));
  assertClock(nowMs);
  return sign(body, secrets, Math.floor(nowMs / 1000));
}

/** Throws a WebhookSignatureError unless the body is signed with the secret, not long ago. */
export function verifyWebhook(options: VerifyWebhookOptions): void {
  assertObject('options', options, ['header', 'body', 'secret', 'toleranceSeconds', 'nowMs']);
  const { header, body, secret, toleranceSeconds = defaultToleranceSeconds, nowMs = Date.now() } = options;
  assertBody(body);
  assertWebhookSecret('secret', secret);
  assertInteger('toleranceSeconds', toleranceSeconds, toleranceBounds);
  assertClock(nowMs);
  refuse(
    typeof header === 'string'
      ? findWebhookProblem({ header, body, secret, toleranceSeconds, nowMs })
      : 'malformed',
  );
}

/** Returns ZEGO's signature of a callback. */
export function signZegoCallback(
  callbackSecret: string,
  timestamp: string | number,
  nonce: string | number,
): string {
  assertString('callbackSecret', callbackSecret);
  return signZego(callbackSecret, String(timestamp), String(nonce));
}

/** Throws a WebhookSignatureError unless the callback is signed with the CallbackSecret. The body is not signed. */
export function verifyZegoCallback(options: VerifyZegoCallbackOptions): void {
  const keys = ['signature', 'timestamp', 'nonce', 'callbackSecret', 'toleranceSeconds', 'nowMs'];
  assertObject('options', options, keys);
  const {
    signature,
    callbackSecret,
    toleranceSeconds = defaultToleranceSeconds,
    nowMs = Date.now(),
  } = options;
  assertString('callbackSecret', callbackSecret);
  assertInteger('toleranceSeconds', toleranceSeconds, toleranceBounds);
  assertClock(nowMs);
  const [timestamp, nonce] = [String(options.timestamp), String(options.nonce)];
  refuse(
    typeof signature === 'string'
      ? findZegoCallbackProblem({ signature, timestamp, nonce, callbackSecret, toleranceSeconds, nowMs })
      : 'malformed',
  );
}

function refuse(problem: WebhookProblem | undefined): void {
  if (problem !== undefined) {
    throw new WebhookSignatureError(problem);
  }
}

function assertBody(body: unknown): void {
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) {
    throw refusal('body', 'must be the bytes or the text of the request, not a parsed object');
  }
}

function assertWebhookSecret(argument: string, secret: unknown): void {
  if (typeof secret !== 'string' || Buffer.byteLength(secret) < webhookSecretMinBytes) {
    throw refusal(argument, `must have at least ${webhookSecretMinBytes} bytes`);
  }
}
