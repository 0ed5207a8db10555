/** What ws keeps of an incomplete message. Not part of its public interface. */
interface WithReceiver {
  _receiver?: {
    _buffers?: Buffer[];
    /** Size of all buffers; ws parses on as long as it is not 0. */
    _bufferedBytes?: number;
    _fragments?: Buffer[];
  } | null;
}

/**
 * Releases what a WebSocket received and has not parsed to its end. Nothing else does before the whole socket is
 * collected: an old object keeps its last packet in memory, and thousands of them add up. If ws keeps its input
 * elsewhere, only this saving is lost.
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
