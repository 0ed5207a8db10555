import { type ClientMethod, type ClientParams, type ClientResult } from '@polyroom/contracts/client';

/** Sends a request to the gateway. */
export type SignalCall = <M extends ClientMethod>(
  method: M,
  params: ClientParams<M>,
) => Promise<ClientResult<M>>;
