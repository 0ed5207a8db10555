/** Unparsed input of ws. Not part of its public interface. */
interface WithReceiver {
  _receiver?: {
    _buffers?: Buffer[];
    /** Size of all buffers; ws continues to parse while it is not 0. */
    _bufferedBytes?: number;
    _fragments?: Buffer[];
  } | null;
}

/**
 * Releases input that a WebSocket received and has not fully parsed. Otherwise it is only freed with the
 * whole socket: an old object keeps its last packet in memory, and thousands of them add up. If ws stores its
 * input elsewhere, only this saving is lost.
 */
export function forgetUnreadInput(webSocket: object): void {
  const receiver = (webSocket as WithReceiver)._receiver;
  if (
    receiver?._buffers !== undefined &&
    receiver._bufferedBytes !== undefined &&
    receiver._fragments !== undefined
  ) {
    receiver._buffers = [];
    receiver._bufferedBytes = 0;
    receiver._fragments = [];
  }
}
