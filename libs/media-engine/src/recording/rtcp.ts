/** Seconds between the epochs of NTP (1900) and Unix (1970). */
const ntpEpochSeconds = 2_208_988_800;

/** Sender report that maps an RTP timestamp to wall-clock time (RFC 3550, 6.4.1). */
export function senderReport(ssrc: number, rtpTimestamp: number, atMs: number): Buffer {
  const packet = Buffer.alloc(28);
  packet.set([0x80, 200, 0, 6]);
  packet.writeUInt32BE(ssrc, 4);
  packet.writeUInt32BE(Math.floor(atMs / 1000) + ntpEpochSeconds, 8);
  packet.writeUInt32BE(Math.floor(((atMs % 1000) / 1000) * 2 ** 32), 12);
  packet.writeUInt32BE(rtpTimestamp, 16);
  return packet;
}

/** BYE for a track (RFC 3550, 6.6), after an empty report because a compound packet must begin with one. */
export function goodbye(ssrc: number): Buffer {
  const packet = Buffer.alloc(16);
  packet.set([0x80, 201, 0, 1]);
  packet.writeUInt32BE(ssrc, 4);
  packet.set([0x81, 203, 0, 1], 8);
  packet.writeUInt32BE(ssrc, 12);
  return packet;
}
