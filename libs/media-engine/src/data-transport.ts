import { type types } from 'mediasoup';

/** Per viewer. A viewer that fills this buffer is too slow; its downlink closes with that reason. */
const sendBufferBytes = 2_000_000;
const sendBufferPerStreamBytes = 1_000_000;
/** Limits the incomplete messages that the worker buffers for one client. */
const receiveWindowBytes = 256 * 1024;

/**
 * The receive side applies the AppID's own limit; sessions of different AppIDs never exchange messages, so
 * the send limit can be the largest size.
 */
const largestMessageBytes = 65_536;

/** Options that let a session transport carry data beside its media, over the same DTLS connection. */
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
 * A pipe between two workers carries all data streams between them, so no single stream may fill it. The SCTP
 * association is established with the first data stream.
 */
export const pipeDataOptions = {
  enableSctp: true,
  sctpSendBufferSize: 32_000_000,
  sctpPerStreamSendQueueLimit: 2_000_000,
};
