import { type types } from 'mediasoup-client';
import { PolyroomError } from '../polyroom-error.js';

const openTimeoutMs = 8000;

/**
 * Resolves when the channel can carry messages; rejects if it never opens. The first channel waits for the
 * connection.
 */
export function whenOpen(channel: types.DataProducer | types.DataConsumer): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (): void => {
      clearTimeout(timer);
      reject(PolyroomError.of('ROOM_CONNECT_TEMPORARY_BROKEN'));
    };
    const timer = setTimeout(fail, openTimeoutMs);
    const succeed = (): void => {
      clearTimeout(timer);
      resolve();
    };
    if (channel.readyState === 'open') {
      succeed();
    } else if (channel.closed || channel.readyState !== 'connecting') {
      fail();
    } else {
      const events = channel as types.DataConsumer;
      events.once('open', succeed);
      events.once('close', fail);
      events.once('transportclose', fail);
    }
  });
}
