import { createCipheriv, createHmac, randomBytes } from 'node:crypto';

/*
 * Makes tokens with any content, independently of libs/tokens: what an attacker makes, and what an application server
 * with a fault makes.
 */

export type Json = Record<string, unknown>;

export function base64url(value: Buffer | string): string {
  return Buffer.from(value as string).toString('base64url');
}

export function toText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The signature of a JWS with a MAC; `alg` is HS256, HS384 or HS512. */
export function signature(signed: string, key: string, alg = 'HS256'): string {
  return createHmac(`sha${alg.slice(2)}`, key)
    .update(signed)
    .digest('base64url');
}

/** A JWS of any header and payload; text is used as it is. */
export function jws(header: unknown, payload: unknown, key: string, alg = 'HS256'): string {
  const signed = `${base64url(toText(header))}.${base64url(toText(payload))}`;
  return `${signed}.${signature(signed, key, alg)}`;
}

/** The parts of a token04 that are not encrypted. */
export interface Wire {
  expire: bigint;
  nonceBytes: number;
  nonce: Buffer;
  sealedBytes: number;
  sealed: Buffer;
  mode: number;
}

const tagBytes = 16;

/** A token04 of any content; text is used as it is. */
export function token04(content: unknown, key: string, expire: bigint): Wire {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  const sealed = Buffer.concat([cipher.update(toText(content), 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return { expire, nonceBytes: nonce.length, nonce, sealedBytes: sealed.length, sealed, mode: 1 };
}

/** A token04 in the mode that ZEGO has replaced: AES-CBC without a MAC, in ZEGO's former layout. */
export function cbcToken04(content: unknown, key: string, expire: bigint): Wire {
  const nonce = randomBytes(16);
  const cipher = createCipheriv('aes-256-cbc', key, nonce);
  const sealed = Buffer.concat([cipher.update(toText(content), 'utf8'), cipher.final()]);
  return { expire, nonceBytes: nonce.length, nonce, sealedBytes: sealed.length, sealed, mode: 0 };
}

export function encodeWire({ expire, nonceBytes, nonce, sealedBytes, sealed, mode }: Wire): string {
  const clear = Buffer.alloc(10);
  clear.writeBigInt64BE(BigInt.asIntN(64, expire));
  clear.writeUInt16BE(nonceBytes & 0xffff, 8);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(sealedBytes & 0xffff);
  return `04${Buffer.concat([clear, nonce, length, sealed, Buffer.of(mode)]).toString('base64')}`;
}

/** The parts of a token04 that is well-formed. */
export function decodeWire(token: string): Wire {
  const bytes = Buffer.from(token.slice(2), 'base64');
  return {
    expire: bytes.readBigInt64BE(0),
    nonceBytes: 12,
    nonce: Buffer.from(bytes.subarray(10, 22)),
    sealedBytes: bytes.readUInt16BE(22),
    sealed: Buffer.from(bytes.subarray(24, -1)),
    mode: 1,
  };
}
