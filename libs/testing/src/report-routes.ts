import { subscribe } from 'node:diagnostics_channel';
import { type Server } from 'node:net';
import { watchRoutes } from './registered-routes.js';
import { reportPrefix, type RouteReport } from './route-reports.js';

/**
 * Loaded before a process (`node --import`): writes each route that it registers, and each TCP port on which it
 * listens, as a line of its log.
 */
function write(report: RouteReport): void {
  process.stdout.write(`${reportPrefix}${JSON.stringify(report)}\n`);
}

watchRoutes((method, path) => write({ route: `${method} ${path}` }));
subscribe('tracing:net.server.listen:asyncEnd', (message) => {
  const address = (message as { server: Server }).server.address();
  if (typeof address === 'object' && address !== null) {
    write({ port: address.port });
  }
});
