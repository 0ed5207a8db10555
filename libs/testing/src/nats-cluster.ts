import { freePort } from './free-port.js';
import { startNats } from './nats.js';
import { type RunningServer } from './server-process.js';

export interface RunningNatsCluster {
  /** The addresses of all servers, as one list. */
  url: string;
  servers: RunningServer[];
  close(): Promise<void>;
}

/** Starts NATS servers with JetStream that form one cluster. JetStream answers once they have elected a leader. */
export async function startNatsCluster(size = 3): Promise<RunningNatsCluster> {
  const routePorts = await Promise.all(Array.from({ length: size }, () => freePort()));
  const routes = JSON.stringify(routePorts.map((port) => `nats://127.0.0.1:${port}`));
  const servers = await Promise.all(
    routePorts.map((port, index) =>
      startNats({
        jetStream: true,
        configuration: `server_name: n${index + 1}
cluster { name: polyroom, listen: "127.0.0.1:${port}", routes: ${routes} }
`,
      }),
    ),
  );
  return {
    servers,
    url: servers.map(({ url }) => url).join(','),
    close: async () => {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}
