import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

const cipher = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

/**
 * The answer to a request with an Idempotency-Key, as it is stored: encrypted with a key that only the caller's
 * credential gives, because an answer may hold a new secret.
 */
export class SealedAnswer {
  /** Under which the answer is stored. */
  readonly id: string;
  private readonly secret: Buffer;

  constructor(credential: string, idempotencyKey: string) {
    this.id = hash(`${credential}\0${idempotencyKey}`);
    const info = `polyroom idempotent answer ${idempotencyKey}`;
    this.secret = Buffer.from(hkdfSync('sha256', credential, '', info, 32));
  }

  seal(answer: unknown): string {
    const iv = randomBytes(ivBytes);
    const sealing = createCipheriv(cipher, this.secret, iv);
    // A reply without a body is no JSON.
    const sealed = [sealing.update(JSON.stringify(answer ?? null), 'utf8'), sealing.final()];
    return Buffer.concat([iv, sealing.getAuthTag(), ...sealed]).toString('base64');
  }

  open(sealed: string): unknown {
    const bytes = Buffer.from(sealed, 'base64');
    const opening = createDecipheriv(cipher, this.secret, bytes.subarray(0, ivBytes));
    opening.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
    const text =
      opening.update(bytes.subarray(ivBytes + tagBytes), undefined, 'utf8') + opening.final('utf8');
    return JSON.parse(text);
  }
}

export function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
