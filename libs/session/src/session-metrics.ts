import { durationBuckets } from '@polyroom/observability';
import { Counter, Gauge, Histogram } from 'prom-client';

/** Metrics of the sessions that this process holds. */
export const sessionMetrics = {
  sessions: new Gauge({ name: 'polyroom_gateway_sessions', help: 'Open sessions.' }),
  rooms: new Gauge({ name: 'polyroom_gateway_rooms', help: 'Rooms with members on this gateway.' }),
  requests: new Counter({
    name: 'polyroom_gateway_requests_total',
    help: 'Requests of clients by method and outcome (ok, client_error, server_error).',
    labelNames: ['method', 'outcome'],
  }),
  requestSeconds: new Histogram({
    name: 'polyroom_gateway_request_duration_seconds',
    help: 'Time from a request of a client to its response, by method, for the outcome ok.',
    labelNames: ['method'],
    buckets: durationBuckets,
  }),
  repairs: new Counter({
    name: 'polyroom_gateway_repairs_total',
    help: 'Differences between this gateway and the records that were found and repaired.',
    labelNames: ['kind'],
  }),
  messagingInstances: new Gauge({
    name: 'polyroom_gateway_messaging_instances',
    help: 'Messaging instances that report to this gateway.',
  }),
  mediaNodes: new Gauge({
    name: 'polyroom_gateway_media_nodes',
    help: 'Media nodes that report to this process and answer.',
  }),
  lostMediaNodes: new Counter({
    name: 'polyroom_gateway_media_nodes_lost_total',
    help: 'Media nodes that stopped answering or were restarted without draining first, as this process saw it.',
  }),
  messageDelay: new Histogram({
    name: 'polyroom_gateway_message_delay_seconds',
    help: 'Time from storing messages of a room to their arrival at a gateway, once per entry of the log and gateway.',
    buckets: durationBuckets,
  }),
  sequenceGaps: new Counter({
    name: 'polyroom_gateway_sequence_gaps_total',
    help: 'Numbers of facts or messages that never came.',
    labelNames: ['kind'],
  }),
};

// Prometheus sees no increase in a series that begins with its first event.
for (const kind of ['fact', 'message']) {
  sessionMetrics.sequenceGaps.inc({ kind }, 0);
}
for (const kind of ['unheld', 'gone', 'lostRoom', 'extraRoom']) {
  sessionMetrics.repairs.inc({ kind }, 0);
}
