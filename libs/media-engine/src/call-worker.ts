import { traceCall } from '@polyroom/observability';

/** One request to a mediasoup worker, as a step of a traced request. `method` is mediasoup's own name, such as `transport.produce`. */
export function callWorker<T>(method: string, call: () => Promise<T>): Promise<T> {
  return traceCall(
    () => ({
      name: `mediasoup ${method}`,
      kind: 'client',
      attributes: { 'rpc.system.name': 'mediasoup', 'rpc.method': method },
    }),
    call,
  );
}
