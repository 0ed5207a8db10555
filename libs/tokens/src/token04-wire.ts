import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';

/*
 * ZEGO's token04 on the wire:
 *   "04" + base64( int64BE expire ‖ uint16BE nonceLen ‖ nonce ‖ uint16BE cipherLen ‖ cipher+tag ‖ uint8 mode )
 * Mode 1 is AES-256-GCM. Mode 0, AES-CBC without a MAC, can be altered without the key and is refused.
 */
const prefix = '04';
const gcmMode = 1;
const nonceBytes = 12;
const tagBytes = 16;
const headBytes = 8 + 2 + nonceBytes + 2;

/** The parts of a token04. */
export interface Token04Wire {
  /** Unix seconds. Not encrypted: it must equal the encrypted expiry. */
  expireSeconds: bigint;
  nonce: Buffer;
  sealed: Buffer;
}

export function encodeToken04Wire({ expireSeconds, nonce, sealed }: Token04Wire): string {
  const head = Buffer.alloc(headBytes);
  head.writeBigInt64BE(expireSeconds, 0);
  head.writeUInt16BE(nonce.length, 8);
  nonce.copy(head, 10);
  head.writeUInt16BE(sealed.length, 10 + nonceBytes);
  return prefix + Buffer.concat([head, sealed, Buffer.of(gcmMode)]).toString('base64');
}

/** Decodes a token; undefined if it deviates from this format. */
export function decodeToken04Wire(token: string): Token04Wire | undefined {
  if (!token.startsWith(prefix)) {
    return undefined;
  }
  const text = token.slice(prefix.length);
  const bytes = Buffer.from(text, 'base64');
  // Node's decoder skips invalid characters; each token must have exactly one encoding.
  if (bytes.toString('base64') !== text || bytes.length < headBytes + tagBytes + 1) {
    return undefined;
  }
  const sealedLength = bytes.readUInt16BE(10 + nonceBytes);
  if (
    bytes.readUInt16BE(8) !== nonceBytes ||
    sealedLength < tagBytes ||
    bytes.length !== headBytes + sealedLength + 1 ||
    bytes.readUInt8(bytes.length - 1) !== gcmMode
  ) {
    return undefined;
  }
  return {
    expireSeconds: bytes.readBigInt64BE(0),
    nonce: bytes.subarray(10, 10 + nonceBytes),
    sealed: bytes.subarray(headBytes, headBytes + sealedLength),
  };
}

export function seal(key: KeyObject, nonce: Buffer, clear: string): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  return Buffer.concat([cipher.update(clear, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

/** Decrypts; undefined if the key is wrong or any bit was altered. */
export function unseal(key: KeyObject, nonce: Buffer, sealed: Buffer): string | undefined {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
  try {
    const clear = decipher.update(sealed.subarray(0, sealed.length - tagBytes));
    return Buffer.concat([clear, decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}
