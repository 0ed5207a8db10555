/** A WebSocket frame in wire format: built once, written to any number of sockets. */
export interface OutFrame {
  readonly bytes: Buffer;
  /** Whether the frame may be dropped for a slow reader. */
  readonly isLossy: boolean;
}

const finalText = 0x81;

/** A text message in one unmasked frame (RFC 6455, 5.2), as sent by servers. */
export function buildTextFrame(text: string, isLossy = false): OutFrame {
  const length = Buffer.byteLength(text, 'utf8');
  const headBytes = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const bytes = Buffer.allocUnsafe(headBytes + length);
  bytes[0] = finalText;
  if (headBytes === 2) {
    bytes[1] = length;
  } else if (headBytes === 4) {
    bytes[1] = 126;
    bytes.writeUInt16BE(length, 2);
  } else {
    bytes[1] = 127;
    bytes.writeBigUInt64BE(BigInt(length), 2);
  }
  bytes.write(text, headBytes, 'utf8');
  return { bytes, isLossy };
}
