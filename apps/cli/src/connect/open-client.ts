import type { Client, ClientOptions, PolyroomError } from '@polyroom/sdk';
import { loadWebRtc } from '../media/webrtc.js';

/** A client of the SDK, which is loaded by the commands that connect only. */
export async function openClient(options: ClientOptions, withMedia: boolean): Promise<Client> {
  const { Client: ClientClass } = await import('@polyroom/sdk');
  if (!withMedia) {
    return new ClientClass(options);
  }
  const { nodePlatform } = await import('@polyroom/sdk/node');
  return new ClientClass({ ...options, platform: nodePlatform(await loadWebRtc()) });
}

export function isPolyroomError(error: unknown): error is PolyroomError {
  return error instanceof Error && error.name === 'PolyroomError';
}

/** Leaves all rooms, for at most the given time: a server that does not answer must not hold up the program. */
export async function closeClients(clients: readonly Client[], withinMs = 5000): Promise<void> {
  const timer = { id: undefined as NodeJS.Timeout | undefined };
  const late = new Promise<void>((resolve) => (timer.id = setTimeout(resolve, withinMs)));
  await Promise.race([Promise.all(clients.map((client) => client.close())), late]);
  clearTimeout(timer.id);
}
