import { type DynamicModule, Module } from '@nestjs/common';
import { type Bus } from '@polyroom/bus';
import { recorderReported } from '@polyroom/contracts';
import { EntitlementsModule, HealthModule, Instances } from '@polyroom/nest-service';
import { MediaNodes } from '@polyroom/session';
import { RecordingFilesHandler } from './files/recording-files.handler.js';
import { OrderBook } from './orders/order-book.js';
import { OrderMetrics } from './orders/order-metrics.js';
import { RecordingNodes } from './orders/recording-nodes.js';
import { RecordingOrders } from './orders/recording-orders.js';
import { RecorderHandler } from './recorder.handler.js';

/** Dependencies of the service. */
export interface RecorderParts {
  bus: Bus;
  book: OrderBook;
  /** ID of this process among the recorder instances. */
  instanceId: string;
}

@Module({})
export class RecorderModule {
  static register({ bus, book, instanceId }: RecorderParts): DynamicModule {
    const checks = { bus: () => bus.ping(), orders: () => book.assertRead() };
    return {
      module: RecorderModule,
      imports: [EntitlementsModule, HealthModule.register({ checks })],
      controllers: [RecorderHandler, RecordingFilesHandler],
      providers: [
        { provide: OrderBook, useValue: book },
        { provide: Instances, useValue: new Instances(bus, instanceId, recorderReported) },
        MediaNodes,
        RecordingNodes,
        RecordingOrders,
        OrderMetrics,
      ],
    };
  }
}
