import { type PipeEnd } from '@polyroom/contracts';
import { type types } from 'mediasoup';
import { pipeDataOptions } from './data-transport.js';

/** How a node takes streams from other nodes, and where it says that it takes them. */
export interface PipeListenOptions {
  listenIp: string;
  /** What other nodes are told, where it is not `listenIp`: an IP address. */
  pipeAddress?: string;
  /** One UDP port per stream on its way; left out: the range below. */
  pipePorts?: { min: number; max: number };
}

/** Below those that operators give to workers (docs/media.md), so that a worker that is replaced finds its port free. */
export const defaultPipePorts = { min: 10_000, max: 39_999 };

/**
 * An end of a pipe to another node. Sound and picture leave the machine encrypted, and what is lost is sent
 * again. mediasoup does not encrypt data between two pipes: docs/media.md says what that asks of a network.
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

/** Tells an end where the other one is. */
export function connectPipe(transport: types.PipeTransport, end: PipeEnd): Promise<void> {
  return transport.connect({
    ip: end.ip,
    port: end.port,
    srtpParameters: end.srtpParameters as types.SrtpParameters,
  });
}
