import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { ScrapedGauges, type SetSample } from '@polyroom/observability';
import { type RedisMemory, RoomStore } from '@polyroom/room-store';

/** Exposes the memory of Redis on /metrics, which is empty while Redis does not answer or denies the command INFO. */
@Injectable()
export class StoreMetrics implements OnModuleInit, OnModuleDestroy {
  private gauges: ScrapedGauges | undefined;

  constructor(private readonly store: RoomStore) {}

  onModuleInit(): void {
    const read = (bytesOf: (memory: RedisMemory) => number) => async (set: SetSample) => {
      const masters = await this.store.readMemory().catch(() => []);
      masters.forEach((memory) => set(bytesOf(memory), { node: memory.node }));
    };
    this.gauges = new ScrapedGauges([
      {
        name: 'polyroom_redis_memory_used_bytes',
        help: 'Memory that a master of Redis uses.',
        labelNames: ['node'],
        read: read(({ usedBytes }) => usedBytes),
      },
      {
        name: 'polyroom_redis_memory_max_bytes',
        help: 'The maxmemory of a master of Redis; 0 without a limit.',
        labelNames: ['node'],
        read: read(({ maxBytes }) => maxBytes),
      },
    ]);
  }

  onModuleDestroy(): void {
    this.gauges?.close();
  }
}
