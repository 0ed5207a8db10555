/** The parser of ws and its input. Not part of its public interface. */
interface WithReceiver {
  _receiver?: {
    _buffers?: Buffer[];
    /** Size of all buffers; ws continues to parse while it is not 0. */
    _bufferedBytes?: number;
    _fragments?: Buffer[];
    /** Step of the frame that is being parsed; 0 between frames. */
    _state?: number;
    /** Opcode of a message whose last fragment has not arrived; 0 between messages. */
    _fragmented?: number;
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

/**
 * Whether a WebSocket has received a part of a message, or of a frame, and not yet the rest. False if ws stores its
 * state elsewhere.
 */
export function hasUnfinishedInput(webSocket: object): boolean {
  const { _bufferedBytes, _state, _fragmented } = (webSocket as WithReceiver)._receiver ?? {};
  return [_bufferedBytes, _state, _fragmented].some((value) => typeof value === 'number' && value !== 0);
}
