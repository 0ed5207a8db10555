import { Injectable, type OnModuleInit } from '@nestjs/common';
import { MediaNode, type SessionTraffic } from '@polyroom/media-engine';
import { UsageReporter } from '@polyroom/nest-service';

/** Counts the bytes of the sessions on this node. Between two reports it costs nothing. */
@Injectable()
export class MediaUsage implements OnModuleInit {
  constructor(
    private readonly node: MediaNode,
    private readonly usage: UsageReporter,
  ) {}

  onModuleInit(): void {
    this.node.on('sessionTraffic', (traffic) => this.add(traffic));
    this.usage.collectWith(() => this.node.readTraffic());
  }

  private add({ receivedBytes, sentBytes, session: { appId, userId } }: SessionTraffic): void {
    if (sentBytes > 0) {
      this.usage.add({ appId, roomId: '', userId }, { sentBytes });
    }
    for (const { bytes, roomId } of receivedBytes) {
      this.usage.add({ appId, roomId, userId }, { receivedBytes: bytes });
    }
  }
}
