import { type Cluster } from '@polyroom/cluster';
import { createBenchApp } from './bench-app.js';
import { LoginClient } from './login-client.js';
import { roomsPerUser } from './login-raw.js';

export const appId = 42;
/** Sockets, each with one login in flight. */
export const inFlight = 256;

/** Connects the clients to the gateways in turn. Each stays in a room of its own, which keeps its session. */
export async function connectLoginClients(cluster: Cluster): Promise<LoginClient[]> {
  const appSign = await createBenchApp(cluster, appId, {
    // One more than is counted: the room that keeps the session.
    maxRoomsPerUser: roomsPerUser + 1,
    // The benchmarks look for the rate that the services can bear.
    unlimited: ['loginsPerSecond'],
  });
  const clients = await Promise.all(
    Array.from({ length: inFlight }, (_, index) =>
      LoginClient.connect(cluster.gateways[index % cluster.gateways.length]!.wsUrl, {
        appId,
        appSign,
        userId: `user-${index}`,
      }),
    ),
  );
  await Promise.all(clients.map((client, index) => client.enter(`home-${index}`)));
  return clients;
}
