import { type AlertsWorld } from './alerts-world.js';
import { type Fault } from './fault.js';
import { setWritable } from './jet-stream.js';
import { talkRoom } from './traffic.js';

const states = 'KV_webhook-state';
const orders = 'KV_recording-orders';

export const streamFaults: Fault[] = [
  {
    name: 'JetStream refuses events',
    remedies: { PolyroomEventLogFails: 'restore JetStream' },
    provoke: ({ bus, app }) => setWritable(bus, `eventlog-${app.appId}`, false),
    cure: ({ bus, app }) => setWritable(bus, `eventlog-${app.appId}`, true),
  },
  {
    name: 'JetStream refuses the states of endpoints, and webhooks killed',
    remedies: { PolyroomWebhookUnowned: 'JetStream or room does not answer' },
    provoke: async (world) => {
      await setWritable(world.bus, states, false);
      world.cluster.process('webhooks').kill();
    },
    cure: (world) => setWritable(world.bus, states, true),
  },
  {
    name: 'JetStream refuses recording orders, and recorder-1 killed',
    remedies: { PolyroomRecordingOrdersOrphaned: 'JetStream refuses the change' },
    provoke: async (world) => {
      await orderRecording(world);
      await setWritable(world.bus, orders, false);
      world.cluster.process('recorder-1').kill();
    },
    cure: (world) => setWritable(world.bus, orders, true),
  },
];

async function orderRecording({ cluster, app }: AlertsWorld): Promise<void> {
  await cluster.admin.send('POST', `/v1/apps/${app.appId}/rooms/${talkRoom}/recordings`);
}
