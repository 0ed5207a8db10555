import { type Fault } from './fault.js';

export const serviceFaults: Fault[] = [
  {
    name: 'webhooks killed and kept down',
    remedies: {
      PolyroomInstanceDown: '`cannot start` in the log names the setting or dependency',
      PolyroomServiceDown: '**Cure**: the same.',
    },
    provoke: async (world) => world.holdDown('webhooks'),
    cure: (world) => world.letRun('webhooks'),
  },
  {
    name: 'media-1 killed and kept down',
    remedies: {
      PolyroomMediaNodeLost: 'the reason in the log or of the machine',
      PolyroomNoMediaNode: 'start media nodes',
    },
    provoke: async (world) => world.holdDown('media-1'),
    cure: (world) => world.letRun('media-1'),
  },
];
