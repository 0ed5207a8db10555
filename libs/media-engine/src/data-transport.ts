import { type types } from 'mediasoup';

/** Of one viewer who does not take what comes: then it is too slow, and told so. */
const sendBufferBytes = 2_000_000;
const sendBufferPerStreamBytes = 1_000_000;
/** What a client may have the worker keep for it of messages that are not whole yet. */
const receiveWindowBytes = 256 * 1024;

/** Messages of other AppIDs' sessions never meet: the size that is sent is whatever was let in elsewhere. */
const largestMessageBytes = 65_536;

/** What makes a transport of a session carry data beside its media, over the same DTLS connection. */
export function sessionDataOptions(
  maxMessageBytes: number,
): Omit<Partial<types.WebRtcTransportOptions>, 'listenInfos' | 'listenIps' | 'port' | 'webRtcServer'> {
  return {
    enableSctp: true,
    maxReceiveMessageSize: maxMessageBytes,
    maxSendMessageSize: largestMessageBytes,
    sctpSendBufferSize: sendBufferBytes,
    sctpPerStreamSendQueueLimit: sendBufferPerStreamBytes,
    sctpMaxReceiverWindowBufferSize: receiveWindowBytes,
  };
}

/**
 * A pipe between two workers carries the data of all streams between them: no one of them fills it. Without
 * a data stream on it the association is never made.
 */
export const pipeDataOptions = {
  enableSctp: true,
  sctpSendBufferSize: 32_000_000,
  sctpPerStreamSendQueueLimit: 2_000_000,
};
