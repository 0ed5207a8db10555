import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

const cipherName = 'aes-256-gcm';
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const format = 'v1';
const keyPattern = /^[A-Za-z0-9+/_-]{43}=?$/;

/** The row of a sealed value. It is authenticated: a value that was copied to another row does not open. */
export interface SealedPlace {
  kind: 'serverSecret' | 'webhookSecret' | 'loginHookSecret';
  appId: number;
  id: string;
}

/** A sealed value cannot be opened. The message has no part of it. */
export class SealedValueError extends Error {
  override readonly name = 'SealedValueError';
}

interface SecretKey {
  /** Derived from the key; stored with each value that it protects. */
  keyId: string;
  key: Buffer;
}

/**
 * The keys under which secrets are stored. Each value is encrypted under a data key of its own, and the data key
 * under one of these (AES-256-GCM both). The first one encrypts, all of them decrypt.
 */
export class SecretKeys {
  private constructor(private readonly keys: readonly SecretKey[]) {}

  /**
   * Parses keys of 32 bytes in base64, separated by commas or white space. Throws with the number of the invalid
   * entry and never with its text.
   */
  static parse(text: string): SecretKeys {
    const entries = text.split(/[\s,]+/).filter((entry) => entry !== '');
    const keys = entries.map((entry, index) => {
      const key = keyPattern.test(entry) ? Buffer.from(entry, 'base64') : undefined;
      if (key?.length !== keyBytes) {
        throw new Error(`entry ${index + 1} is not the base64 of ${keyBytes} bytes`);
      }
      return { keyId: keyIdOf(key), key };
    });
    if (keys.length === 0) {
      throw new Error('there is no key');
    }
    if (new Set(keys.map(({ keyId }) => keyId)).size !== keys.length) {
      throw new Error('two entries are the same key');
    }
    return new SecretKeys(keys);
  }

  /** A new key in the form that `parse` reads. */
  static generate(): string {
    return randomBytes(keyBytes).toString('base64');
  }

  /** ID of the key that encrypts. */
  get currentKeyId(): string {
    return this.keys[0]!.keyId;
  }

  has(keyId: string): boolean {
    return this.keys.some((key) => key.keyId === keyId);
  }

  /**
   * One secret for another purpose from each key, the current one first. `version` tells the keys of one installation
   * apart.
   */
  derive(purpose: string): { version: number; value: string }[] {
    return this.keys.map(({ keyId, key }) => ({
      version: Number.parseInt(keyId, 16),
      value: Buffer.from(hkdfSync('sha256', key, '', `polyroom ${purpose}`, keyBytes)).toString('base64url'),
    }));
  }

  seal(place: SealedPlace, value: string): string {
    const { keyId, key } = this.keys[0]!;
    const aad = aadOf(place);
    const dataKey = randomBytes(keyBytes);
    const parts = [encrypt(key, aad, dataKey), encrypt(dataKey, aad, Buffer.from(value, 'utf8'))];
    return [format, keyId, ...parts.map((part) => part.toString('base64url'))].join('.');
  }

  /** Throws SealedValueError if the key is missing, or the value was changed or belongs to another row. */
  open(place: SealedPlace, sealed: string): string {
    const [version, keyId, wrapped = '', body = ''] = sealed.split('.');
    const key = this.keys.find((candidate) => candidate.keyId === keyId);
    if (version !== format || key === undefined) {
      throw new SealedValueError(
        `${nameOf(place)} is encrypted with key ${keyIdText(keyId)}, which is not in POLYROOM_SECRETS_KEY`,
      );
    }
    try {
      const aad = aadOf(place);
      const dataKey = decrypt(key.key, aad, Buffer.from(wrapped, 'base64url'));
      return decrypt(dataKey, aad, Buffer.from(body, 'base64url')).toString('utf8');
    } catch {
      throw new SealedValueError(`${nameOf(place)} was changed in the database, or belongs to another row`);
    }
  }

  /** Whether the value is encrypted under the key that encrypts now. */
  isCurrent(sealed: string): boolean {
    return sealed.startsWith(`${format}.${this.currentKeyId}.`);
  }
}

/** 32 bits of a hash: enough to tell the keys of one installation apart. */
function keyIdOf(key: Buffer): string {
  return createHash('sha256').update('polyroom secrets key id\n').update(key).digest('hex').slice(0, 8);
}

/** The stored text may be anything. */
function keyIdText(keyId: string | undefined): string {
  return /^[0-9a-f]{8}$/.test(keyId ?? '') ? keyId! : 'of an unknown format';
}

function nameOf({ kind, appId, id }: SealedPlace): string {
  return `${kind} ${id} of AppID ${appId}`;
}

function aadOf({ kind, appId, id }: SealedPlace): Buffer {
  return Buffer.from(JSON.stringify([format, kind, appId, id]), 'utf8');
}

/** Returns nonce, tag and ciphertext. */
function encrypt(key: Buffer, aad: Buffer, clear: Buffer): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(cipherName, key, nonce).setAAD(aad);
  const body = Buffer.concat([cipher.update(clear), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

function decrypt(key: Buffer, aad: Buffer, sealed: Buffer): Buffer {
  const nonce = sealed.subarray(0, nonceBytes);
  const tag = sealed.subarray(nonceBytes, nonceBytes + tagBytes);
  const decipher = createDecipheriv(cipherName, key, nonce, { authTagLength: tagBytes })
    .setAAD(aad)
    .setAuthTag(tag);
  return Buffer.concat([decipher.update(sealed.subarray(nonceBytes + tagBytes)), decipher.final()]);
}
