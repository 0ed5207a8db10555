import { Counter, Gauge } from 'prom-client';

/** Metrics of the gateway, exported at `/metrics`. */
export const gatewayMetrics = {
  connections: new Gauge({ name: 'polyroom_gateway_connections', help: 'Open client sockets.' }),
  unauthenticated: new Gauge({
    name: 'polyroom_gateway_unauthenticated_connections',
    help: 'Open client sockets that have not logged in yet.',
  }),
  refusedConnections: new Counter({
    name: 'polyroom_gateway_refused_connections_total',
    help: 'Client sockets refused by a limit on their number.',
    labelNames: ['limit'],
  }),
  loginTimeouts: new Counter({
    name: 'polyroom_gateway_login_timeouts_total',
    help: 'Client sockets closed because they did not log in in time.',
  }),
  limitedReads: new Counter({
    name: 'polyroom_gateway_limited_reads_total',
    help: 'Reads of rooms and of the history beyond the budget of their session.',
    labelNames: ['effect'],
  }),
  droppedFrames: new Counter({
    name: 'polyroom_gateway_dropped_frames_total',
    help: 'Barrage messages dropped for slow readers.',
  }),
  slowReaders: new Counter({
    name: 'polyroom_gateway_slow_readers_total',
    help: 'Sockets closed because the client reads too slowly.',
  }),
};
