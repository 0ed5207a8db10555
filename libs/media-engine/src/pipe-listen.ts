import { type PipeEnd } from '@polyroom/contracts';
import { type types } from 'mediasoup';
import { pipeDataOptions } from './data-transport.js';

/** Listen address and ports for pipes from other nodes, and the address announced to them. */
export interface PipeListenOptions {
  listenIp: string;
  /** IP address announced to other nodes, if it is not `listenIp`. */
  pipeAddress?: string;
  /** One UDP port per piped stream; if omitted, the range below. */
  pipePorts?: { min: number; max: number };
}

/**
 * Below the ephemeral range of Linux (32768 and up) and the node ports of Kubernetes (30000 and up), apart from the ports
 * of workers (docs/media.md): a replaced worker must find its port free.
 */
export const defaultPipePorts = { min: 20_000, max: 29_999 };

/**
 * Options of one end of a pipe between nodes. Audio and video are encrypted with SRTP, and lost packets are
 * retransmitted. mediasoup does not encrypt data between pipes: docs/media.md gives the network requirements.
 */
export function pipeTransportOptions(options: PipeListenOptions, data: boolean): types.PipeTransportOptions {
  return {
    listenInfo: {
      protocol: 'udp',
      ip: options.listenIp,
      ...(options.pipeAddress === undefined ? {} : { announcedAddress: options.pipeAddress }),
      portRange: options.pipePorts ?? defaultPipePorts,
    },
    enableSrtp: true,
    enableRtx: true,
    ...(data ? pipeDataOptions : {}),
  };
}

export function pipeEndOf(transport: types.PipeTransport): PipeEnd {
  const { srtpParameters, tuple } = transport;
  if (srtpParameters === undefined) {
    throw new Error('mediasoup made no keys for a pipe');
  }
  return { ip: tuple.localAddress, port: tuple.localPort, srtpParameters: { ...srtpParameters } };
}

/** Connects an end to the address of its peer. */
export function connectPipe(transport: types.PipeTransport, end: PipeEnd): Promise<void> {
  return transport.connect({
    ip: end.ip,
    port: end.port,
    srtpParameters: end.srtpParameters as types.SrtpParameters,
  });
}
