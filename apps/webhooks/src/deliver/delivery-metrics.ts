import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Instances } from '@polyroom/nest-service';
import { ScrapedGauges } from '@polyroom/observability';
import { Counter } from 'prom-client';
import { EndpointDirectory } from '../endpoints/endpoint-directory.js';
import { stateKey } from './endpoint-state.js';
import { EndpointStates } from './endpoint-states.js';

/** Attempts of this instance to deliver an event. */
export const deliveryAttempts = new Counter({
  name: 'polyroom_webhooks_deliveries_total',
  help: 'Attempts to deliver an event, by outcome: delivered, failed (it is repeated), expired (it is given up).',
  labelNames: ['outcome'],
});

const conditions = ['healthy', 'failing', 'unowned', 'disabled', 'disabledByFailures'] as const;
type Condition = (typeof conditions)[number];
type Endpoint = EndpointDirectory['all'][number];

/** Exposes the endpoints of the cluster, which every instance knows, on /metrics. */
@Injectable()
export class DeliveryMetrics implements OnModuleInit, OnModuleDestroy {
  private gauges: ScrapedGauges | undefined;

  constructor(
    private readonly directory: EndpointDirectory,
    private readonly states: EndpointStates,
    private readonly instances: Instances,
  ) {}

  onModuleInit(): void {
    this.gauges = new ScrapedGauges([
      {
        name: 'polyroom_webhooks_endpoints',
        help: 'Webhook endpoints of the cluster, by condition.',
        labelNames: ['condition'],
        read: (set) => {
          const found = this.directory.all.map((endpoint) => this.conditionOf(endpoint));
          conditions.forEach((condition) =>
            set(found.filter((each) => each === condition).length, { condition }),
          );
        },
      },
      {
        name: 'polyroom_webhooks_longest_failure_seconds',
        help: 'How long the enabled endpoint that has failed for the longest time has failed; 0 if none fails.',
        read: (set) => set(this.longestFailureMs() / 1000),
      },
    ]);
  }

  onModuleDestroy(): void {
    this.gauges?.close();
  }

  private conditionOf({ appId, endpointId, enabled, disabledReason }: Endpoint): Condition {
    if (!enabled) {
      return disabledReason === 'failing' ? 'disabledByFailures' : 'disabled';
    }
    const state = this.states.find(stateKey(appId, endpointId))?.value;
    if (state === undefined || state.ownerId === '' || this.isGone(state.ownerId)) {
      return 'unowned';
    }
    return state.failingSinceMs === undefined ? 'healthy' : 'failing';
  }

  private isGone(ownerId: string): boolean {
    return ownerId !== this.instances.ownId && this.instances.isGone(ownerId);
  }

  private longestFailureMs(): number {
    const since = this.directory.enabled.flatMap(
      ({ appId, endpointId }) => this.states.find(stateKey(appId, endpointId))?.value.failingSinceMs ?? [],
    );
    return since.length === 0 ? 0 : Date.now() - Math.min(...since);
  }
}
