import { Counter, Gauge } from 'prom-client';

/** What the gateway counts; `/metrics` shows it. */
export const gatewayMetrics = {
  connections: new Gauge({ name: 'polyroom_gateway_connections_count', help: 'Open client sockets.' }),
  droppedFrames: new Counter({
    name: 'polyroom_gateway_dropped_frames_total',
    help: 'Barrage messages that slow readers went without.',
  }),
  slowReaders: new Counter({
    name: 'polyroom_gateway_slow_readers_total',
    help: 'Sockets closed because they read too slowly.',
  }),
};
