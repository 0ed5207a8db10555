import { Counter, Gauge } from 'prom-client';

/** Metrics of the gateway, exported at `/metrics`. */
export const gatewayMetrics = {
  connections: new Gauge({ name: 'polyroom_gateway_connections_count', help: 'Open client sockets.' }),
  droppedFrames: new Counter({
    name: 'polyroom_gateway_dropped_frames_total',
    help: 'Barrage messages dropped for slow readers.',
  }),
  slowReaders: new Counter({
    name: 'polyroom_gateway_slow_readers_total',
    help: 'Sockets closed because the client reads too slowly.',
  }),
};
