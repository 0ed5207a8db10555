import { createHmac, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** RFC 8489: messages of STUN, which connectivity checks (RFC 8445) and TURN (RFC 8656) use. */
const magicCookie = 0x2112a442;
const headerBytes = 20;
const integrityBytes = 24;
const fingerprintBytes = 8;
const fingerprintMask = 0x5354554e;
/** Of a host candidate. */
const priority = 0x7e7f1eff;

export const stunTypes = {
  bindingRequest: 0x0001,
  bindingSuccess: 0x0101,
  allocateRequest: 0x0003,
  allocateSuccess: 0x0103,
  allocateError: 0x0113,
  refreshRequest: 0x0004,
} as const;

export const stunAttributes = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  lifetime: 0x000d,
  realm: 0x0014,
  nonce: 0x0015,
  xorRelayedAddress: 0x0016,
  requestedTransport: 0x0019,
  priority: 0x0024,
  fingerprint: 0x8028,
  iceControlling: 0x802a,
} as const;

export interface IceCredentials {
  usernameFragment: string;
  password: string;
}

export interface StunRequest {
  transactionId: Buffer;
  bytes: Buffer;
}

export interface StunMessage {
  type: number;
  transactionId: Buffer;
  /** By their types; of several with the same type, the first one counts. */
  attributes: Map<number, Buffer>;
}

/** A request with a new transaction ID. `key` signs it; a fingerprint lets a server tell it from other packets. */
export function makeRequest(
  type: number,
  attributes: readonly (readonly [type: number, value: Buffer])[],
  { hasFingerprint = false, key }: { hasFingerprint?: boolean; key?: Buffer | string } = {},
): StunRequest {
  const transactionId = randomBytes(12);
  let body = Buffer.concat(attributes.map(([each, value]) => attribute(each, value)));
  // Each checksum covers a header whose length includes the checksum itself.
  if (key !== undefined) {
    const signed = Buffer.concat([header(type, transactionId, body.length + integrityBytes), body]);
    const integrity = createHmac('sha1', key).update(signed).digest();
    body = Buffer.concat([body, attribute(stunAttributes.messageIntegrity, integrity)]);
  }
  if (hasFingerprint) {
    const complete = Buffer.concat([header(type, transactionId, body.length + fingerprintBytes), body]);
    const fingerprint = uint32((crc32(complete) ^ fingerprintMask) >>> 0);
    body = Buffer.concat([body, attribute(stunAttributes.fingerprint, fingerprint)]);
  }
  return { transactionId, bytes: Buffer.concat([header(type, transactionId, body.length), body]) };
}

/** A connectivity check, as an ICE agent sends it to a server with these credentials. */
export function bindingRequestFor({ password, usernameFragment }: IceCredentials): StunRequest {
  const own = randomBytes(4).toString('hex');
  return makeRequest(
    stunTypes.bindingRequest,
    [
      [stunAttributes.username, Buffer.from(`${usernameFragment}:${own}`)],
      [stunAttributes.priority, uint32(priority)],
      [stunAttributes.iceControlling, randomBytes(8)],
    ],
    { key: password, hasFingerprint: true },
  );
}

/** Undefined: the bytes are no complete message. */
export function parseMessage(bytes: Uint8Array): StunMessage | undefined {
  const message = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (message.length < headerBytes || message.readUInt32BE(4) !== magicCookie) {
    return undefined;
  }
  const end = lengthOf(message);
  if (message.length < end) {
    return undefined;
  }
  const attributes = new Map<number, Buffer>();
  for (let offset = headerBytes; offset + 4 <= end;) {
    const type = message.readUInt16BE(offset);
    const length = message.readUInt16BE(offset + 2);
    if (!attributes.has(type)) {
      attributes.set(type, message.subarray(offset + 4, Math.min(offset + 4 + length, end)));
    }
    offset += 4 + Math.ceil(length / 4) * 4;
  }
  return { type: message.readUInt16BE(0), transactionId: message.subarray(8, headerBytes), attributes };
}

/** Bytes of the message that begins here, in a stream; undefined before its header has arrived. */
export function messageLengthOf(bytes: Buffer): number | undefined {
  return bytes.length < headerBytes ? undefined : lengthOf(bytes);
}

/** Whether these bytes are the successful answer to the connectivity check. */
export function isSuccess(bytes: Uint8Array, { transactionId }: StunRequest): boolean {
  const answer = parseMessage(bytes);
  return answer?.type === stunTypes.bindingSuccess && answer.transactionId.equals(transactionId);
}

/** The address and port in an attribute that is XORed, for logs: `127.0.0.1:49152`. */
export function readXorAddress(value: Buffer, transactionId: Buffer): string | undefined {
  const isIpv6 = value[1] === 2;
  if (value.length < (isIpv6 ? 20 : 8)) {
    return undefined;
  }
  const mask = Buffer.concat([uint32(magicCookie), transactionId]);
  const port = value.readUInt16BE(2) ^ (magicCookie >>> 16);
  const address = Buffer.from(value.subarray(4, isIpv6 ? 20 : 8).map((byte, index) => byte ^ mask[index]!));
  const groups = address.toString('hex').match(/.{4}/g)!;
  const host = isIpv6
    ? `[${groups.map((group) => group.replace(/^0{1,3}/, '')).join(':')}]`
    : [...address].join('.');
  return `${host}:${port}`;
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function lengthOf(message: Buffer): number {
  return headerBytes + message.readUInt16BE(2);
}

function header(type: number, transactionId: Buffer, length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16BE(type, 0);
  bytes.writeUInt16BE(length, 2);
  bytes.writeUInt32BE(magicCookie, 4);
  return Buffer.concat([bytes, transactionId]);
}

function attribute(type: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}
