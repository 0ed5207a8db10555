import { type NodeRpcContract, type RpcContract } from '@polyroom/contracts';
import { readSubject, type SpanDescription } from '@polyroom/observability';

/** Describes the span of a request, by OpenTelemetry's names. `server`: the address of NATS, as `host:port`. */
export function describeRequest(
  { service, method }: RpcContract | NodeRpcContract,
  request: unknown,
  server: string,
): SpanDescription {
  const colon = server.lastIndexOf(':');
  return {
    name: `${service}/${method}`,
    attributes: {
      'rpc.system.name': 'polyroom',
      'rpc.method': `${service}/${method}`,
      'messaging.system.name': 'nats',
      'server.address': server.slice(0, colon),
      'server.port': Number(server.slice(colon + 1)),
      ...readSubject(request),
    },
  };
}
