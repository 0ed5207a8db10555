import { Counter } from 'prom-client';

export const roomMetrics = {
  /** Inconsistencies between records that were found and repaired. */
  repairs: new Counter({
    name: 'polyroom_room_repairs_total',
    help: 'Differences between the records of rooms, users and gateways that were found and repaired.',
    labelNames: ['kind'] as const,
  }),
  /** Events stay in their outbox meanwhile. */
  eventLogFailures: new Counter({
    name: 'polyroom_room_event_log_failures_total',
    help: 'Attempts to move events into the event log that failed; each is repeated.',
  }),
};

// Prometheus sees no increase in a series that begins with its first event.
for (const kind of ['binding', 'count', 'membership', 'session'] as const) {
  roomMetrics.repairs.inc({ kind }, 0);
}
