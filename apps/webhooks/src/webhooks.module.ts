import { type DynamicModule, Module } from '@nestjs/common';
import { type Bus, EventLog } from '@polyroom/bus';
import { webhooksReported } from '@polyroom/contracts';
import { HealthModule, Instances } from '@polyroom/nest-service';
import { Deliveries, deliveryOptionsToken } from './deliver/deliveries.js';
import { DeliveriesHandler } from './deliver/deliveries.handler.js';
import { DeliveryLog } from './deliver/delivery-log.js';
import { DeliveryMetrics } from './deliver/delivery-metrics.js';
import { EndpointStates } from './deliver/endpoint-states.js';
import { EndpointDirectory } from './endpoints/endpoint-directory.js';
import { LoginDecisionHandler } from './login/login-decision.handler.js';
import { LoginHooks } from './login/login-hooks.js';
import { EventsHandler } from './read/events.handler.js';
import { EventSender } from './send/event-sender.js';
import { HttpSender, type SendOptions } from './send/http-sender.js';

/** Dependencies of the service. */
export interface WebhooksParts {
  bus: Bus;
  states: EndpointStates;
  deliveryLog: DeliveryLog;
  /** ID of this process among the instances of the service. */
  instanceId: string;
  send: SendOptions;
  retryForMs: number;
  disableAfterMs: number;
}

@Module({})
export class WebhooksModule {
  static register({
    bus,
    states,
    deliveryLog,
    instanceId,
    send,
    retryForMs,
    disableAfterMs,
  }: WebhooksParts): DynamicModule {
    const checks = { bus: () => bus.ping(), states: () => states.assertRead() };
    return {
      module: WebhooksModule,
      imports: [HealthModule.register({ checks })],
      controllers: [DeliveriesHandler, EventsHandler, LoginDecisionHandler],
      providers: [
        { provide: EndpointStates, useValue: states },
        { provide: DeliveryLog, useValue: deliveryLog },
        { provide: EventLog, useValue: new EventLog(bus) },
        { provide: Instances, useValue: new Instances(bus, instanceId, webhooksReported) },
        { provide: HttpSender, useValue: new HttpSender(send) },
        { provide: deliveryOptionsToken, useValue: { retryForMs, disableAfterMs } },
        EventSender,
        LoginHooks,
        EndpointDirectory,
        Deliveries,
        DeliveryMetrics,
      ],
    };
  }
}
