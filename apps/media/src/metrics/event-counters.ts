import { Counter } from 'prom-client';

/** Events of the node that need an operator when they repeat. */
export const eventCounters = {
  workerDeaths: new Counter({
    name: 'polyroom_media_worker_deaths_total',
    help: 'mediasoup workers that ended by themselves; each is replaced.',
    labelNames: ['node'],
  }),
  endedRecordings: new Counter({
    name: 'polyroom_media_recordings_ended_total',
    help: 'Streams whose recording ended here, by reason.',
    labelNames: ['node', 'reason'],
  }),
};
