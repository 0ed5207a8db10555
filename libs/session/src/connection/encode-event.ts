import { type ClientEvent, type ClientEventData } from '@polyroom/contracts';
import { buildTextFrame, type OutFrame } from './out-frame.js';

/** Encodes an event as one frame, which any number of sockets may share. */
export function encodeEvent<E extends ClientEvent>(
  event: E,
  data: ClientEventData<E>,
  isLossy = false,
): OutFrame {
  return buildTextFrame(JSON.stringify({ event, data }), isLossy);
}
