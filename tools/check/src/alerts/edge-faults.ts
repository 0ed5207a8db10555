import { type Fault } from './fault.js';

export const edgeFaults: Fault[] = [
  {
    name: 'POLYROOM_MAX_SOCKETS_PER_ADDRESS of 1',
    remedies: { PolyroomSocketsRefused: 'raise `POLYROOM_MAX_SOCKETS_PER_ADDRESS`' },
    // The user who stays in a room has the one place.
    provoke: (world) => world.restart('gateway-1', { env: { POLYROOM_MAX_SOCKETS_PER_ADDRESS: '1' } }),
    cure: (world) => world.restart('gateway-1'),
  },
  {
    name: 'a webhook endpoint that answers 500',
    remedies: { PolyroomWebhookFails: 'its owner must repair it' },
    provoke: async (world) => {
      world.receiver.behaviour = () => 500;
    },
    cure: async (world) => {
      world.receiver.behaviour = () => undefined;
    },
  },
  {
    name: 'a webhook endpoint that answers 500 for long',
    remedies: { PolyroomWebhookDisabled: '[enable it](webhooks.md)' },
    provoke: async (world) => {
      world.receiver.behaviour = () => 500;
      await world.restart('webhooks', { env: { POLYROOM_WEBHOOK_DISABLE_AFTER_MS: '5000' } });
    },
    cure: async (world) => {
      world.receiver.behaviour = () => undefined;
      await world.restart('webhooks');
      await world.cluster.admin.send('PATCH', `/v1/apps/${world.app.appId}/webhooks/${world.endpointId}`, {
        enabled: true,
      });
    },
  },
];
