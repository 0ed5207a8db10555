import { Counter, Gauge } from 'prom-client';

/** What the gateway counts; `/metrics` shows it. */
export const gatewayMetrics = {
  connections: new Gauge({ name: 'polyroom_gateway_connections_count', help: 'Open client sockets.' }),
  sessions: new Gauge({ name: 'polyroom_gateway_sessions_count', help: 'Open sessions.' }),
  rooms: new Gauge({ name: 'polyroom_gateway_rooms_count', help: 'Rooms with members on this gateway.' }),
  requests: new Counter({
    name: 'polyroom_gateway_requests_total',
    help: 'Requests of clients by method and outcome (ok, client_error, server_error).',
    labelNames: ['method', 'outcome'],
  }),
  repairs: new Counter({
    name: 'polyroom_gateway_repairs_total',
    help: 'Differences between this gateway and the records that were found and repaired.',
    labelNames: ['kind'],
  }),
  droppedFrames: new Counter({
    name: 'polyroom_gateway_dropped_frames_total',
    help: 'Barrage messages that slow readers went without.',
  }),
  slowReaders: new Counter({
    name: 'polyroom_gateway_slow_readers_total',
    help: 'Sockets closed because they read too slowly.',
  }),
  messagingInstances: new Gauge({
    name: 'polyroom_gateway_messaging_instances_count',
    help: 'Messaging instances that this gateway hears.',
  }),
  sequenceGaps: new Counter({
    name: 'polyroom_gateway_sequence_gaps_total',
    help: 'Numbers of facts or messages that never came.',
    labelNames: ['kind'],
  }),
};
