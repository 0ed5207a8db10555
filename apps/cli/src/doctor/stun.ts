import { createHmac, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** RFC 8489 and RFC 8445: what a connectivity check needs. */
const magicCookie = 0x2112a442;
const bindingRequest = 0x0001;
const bindingSuccess = 0x0101;
const headerBytes = 20;
const attributes = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  priority: 0x0024,
  fingerprint: 0x8028,
  iceControlling: 0x802a,
};
const integrityBytes = 24;
const fingerprintBytes = 8;
const fingerprintMask = 0x5354554e;
/** Of a host candidate. */
const priority = 0x7e7f1eff;

export interface IceCredentials {
  usernameFragment: string;
  password: string;
}

export interface StunRequest {
  transactionId: Buffer;
  bytes: Buffer;
}

/** A connectivity check, as an ICE agent sends it to a server with these credentials. */
export function bindingRequestFor({ password, usernameFragment }: IceCredentials): StunRequest {
  const transactionId = randomBytes(12);
  const own = randomBytes(4).toString('hex');
  const body = Buffer.concat([
    attribute(attributes.username, Buffer.from(`${usernameFragment}:${own}`)),
    attribute(attributes.priority, uint32(priority)),
    attribute(attributes.iceControlling, randomBytes(8)),
  ]);
  // Each checksum covers a header whose length includes the checksum itself.
  const signed = Buffer.concat([header(transactionId, body.length + integrityBytes), body]);
  const integrity = createHmac('sha1', password).update(signed).digest();
  const complete = Buffer.concat([
    header(transactionId, body.length + integrityBytes + fingerprintBytes),
    body,
    attribute(attributes.messageIntegrity, integrity),
  ]);
  const fingerprint = uint32((crc32(complete) ^ fingerprintMask) >>> 0);
  return { transactionId, bytes: Buffer.concat([complete, attribute(attributes.fingerprint, fingerprint)]) };
}

/** Whether these bytes are the successful answer to the request. */
export function isSuccess(bytes: Uint8Array, { transactionId }: StunRequest): boolean {
  const answer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return (
    answer.length >= headerBytes &&
    answer.readUInt16BE(0) === bindingSuccess &&
    answer.readUInt32BE(4) === magicCookie &&
    answer.subarray(8, headerBytes).equals(transactionId)
  );
}

function header(transactionId: Buffer, length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16BE(bindingRequest, 0);
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

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
