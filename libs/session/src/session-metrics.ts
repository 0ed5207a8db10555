import { Counter, Gauge } from 'prom-client';

/** Metrics of the sessions that this process holds. */
export const sessionMetrics = {
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
  messagingInstances: new Gauge({
    name: 'polyroom_gateway_messaging_instances_count',
    help: 'Messaging instances that report to this gateway.',
  }),
  sequenceGaps: new Counter({
    name: 'polyroom_gateway_sequence_gaps_total',
    help: 'Numbers of facts or messages that never came.',
    labelNames: ['kind'],
  }),
};
