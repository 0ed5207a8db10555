import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';

/** RFC 8489: numbers of the protocol. */
const magicCookie = 0x2112_a442;
const bindingRequest = 0x0001;
const bindingSuccess = 0x0101;
const mappedAddress = 0x0001;
const xorMappedAddress = 0x0020;
const headerBytes = 20;

const answerDeadlineMs = 3000;
/** Requests and responses may be lost. */
const repeatEveryMs = 250;

/**
 * Asks a STUN server from which address its requests come: the address of this machine outside of a NAT.
 * @param localIp the listening address or wildcard of media; its family is used
 */
export async function askStun(host: string, port: number, localIp: string): Promise<string> {
  const family = isIPv6(localIp) ? 6 : 4;
  const { address: serverAddress } = await lookup(host, { family });
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  let repeating: NodeJS.Timeout | undefined;
  let deadline: NodeJS.Timeout | undefined;
  try {
    socket.bind(0, localIp);
    await once(socket, 'listening');
    const transactionId = randomBytes(12);
    const request = Buffer.alloc(headerBytes);
    request.writeUInt16BE(bindingRequest, 0);
    request.writeUInt32BE(magicCookie, 4);
    transactionId.copy(request, 8);
    return await new Promise<string>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('message', (message) => {
        const address = readBindingResponse(message, transactionId);
        if (address !== undefined) {
          resolve(address);
        }
      });
      const send = (): void => socket.send(request, port, serverAddress);
      repeating = setInterval(send, repeatEveryMs);
      deadline = setTimeout(
        () => reject(new Error(`no answer of the STUN server ${host}:${port}`)),
        answerDeadlineMs,
      );
      send();
    });
  } finally {
    clearInterval(repeating);
    clearTimeout(deadline);
    socket.close();
  }
}

/** The address in a success response to this transaction; undefined for any other message. */
export function readBindingResponse(message: Buffer, transactionId: Buffer): string | undefined {
  if (
    message.length < headerBytes ||
    message.readUInt16BE(0) !== bindingSuccess ||
    message.readUInt32BE(4) !== magicCookie ||
    !message.subarray(8, headerBytes).equals(transactionId)
  ) {
    return undefined;
  }
  const attributes = readAttributes(message);
  const masked = attributes.get(xorMappedAddress);
  // The mask of RFC 8489 14.2: the cookie, then the transaction.
  return masked === undefined
    ? readAddress(attributes.get(mappedAddress))
    : readAddress(masked, message.subarray(4, headerBytes));
}

function readAttributes(message: Buffer): Map<number, Buffer> {
  const attributes = new Map<number, Buffer>();
  for (let offset = headerBytes; offset + 4 <= message.length;) {
    const length = message.readUInt16BE(offset + 2);
    attributes.set(message.readUInt16BE(offset), message.subarray(offset + 4, offset + 4 + length));
    // Values are padded to multiples of four bytes.
    offset += 4 + Math.ceil(length / 4) * 4;
  }
  return attributes;
}

function readAddress(value: Buffer | undefined, mask: Buffer = Buffer.alloc(16)): string | undefined {
  const bytes = value?.[1] === 1 ? 4 : 16;
  if (value === undefined || value.length < 4 + bytes) {
    return undefined;
  }
  const address = Buffer.from(value.subarray(4, 4 + bytes).map((byte, index) => byte ^ mask[index]!));
  if (bytes === 4) {
    return address.join('.');
  }
  const groups = Array.from({ length: 8 }, (_, index) => address.readUInt16BE(2 * index).toString(16));
  // The URL parser writes an IPv6 address in its canonical form.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
