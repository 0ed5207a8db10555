import { Swarm, type SwarmPlan } from './swarm.js';

/** The orders to the process of the swarm. */
export type SwarmOrder =
  | { order: 'open'; plan: SwarmPlan }
  | { order: 'saturate'; window: number }
  | { order: 'pace'; perSecond: number }
  | { order: 'stall' | 'readAgain' | 'stop' | 'counts' };

let swarm: Swarm | undefined;

async function follow(message: SwarmOrder): Promise<unknown> {
  if (message.order === 'open') {
    swarm = new Swarm(message.plan);
    await swarm.open();
    return {};
  }
  switch (message.order) {
    case 'saturate':
      swarm?.saturate(message.window);
      return {};
    case 'pace':
      swarm?.pace(message.perSecond);
      return {};
    case 'stall':
      swarm?.stall();
      return {};
    case 'readAgain':
      swarm?.readAgain();
      return {};
    case 'stop':
      return swarm?.stop();
    case 'counts':
      return swarm?.counts;
  }
}

process.on('message', (message: SwarmOrder) => {
  follow(message).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
