import { Forked } from './forked.js';
import { type DtlsParameters, type MediaApp, type RtpParameters } from './media-app.js';
import { type RawAnswers, type RawOrders } from './raw-app-main.js';
import { type RemoteTransport } from './rtc-peer.js';

/** Runs a minimal application around mediasoup in a separate process. */
export class RawMediaApp implements MediaApp {
  readonly name = 'raw mediasoup';
  private readonly transportIds = new Map<string, string>();
  private readonly producerIds: string[] = [];

  private constructor(
    private readonly app: Forked<RawOrders, RawAnswers>,
    readonly workerPid: number,
    private readonly dtlsParameters: DtlsParameters,
  ) {}

  static async start(dtlsParameters: DtlsParameters): Promise<RawMediaApp> {
    const app = await Forked.start<RawOrders, RawAnswers>('raw-app-main');
    const { pid } = await app.ask('start', {});
    return new RawMediaApp(app, pid, dtlsParameters);
  }

  async openPublisher(key: string): Promise<RemoteTransport> {
    const transport = await this.app.ask('open', { dtlsParameters: this.dtlsParameters as never });
    this.transportIds.set(key, transport.id);
    return transport;
  }

  async produce(key: string, kind: 'audio' | 'video', rtpParameters: RtpParameters): Promise<void> {
    const transportId = this.transportIds.get(key)!;
    const { id } = await this.app.ask('produce', {
      transportId,
      kind,
      rtpParameters: rtpParameters as never,
    });
    this.producerIds.push(id);
  }

  async share(): Promise<void> {}

  openViewer(key: string): Promise<RemoteTransport> {
    return this.openPublisher(key);
  }

  async playAll(key: string): Promise<void> {
    await this.app.ask('consume', {
      transportId: this.transportIds.get(key)!,
      producerIds: this.producerIds,
    });
  }

  close(): Promise<void> {
    return this.app.close();
  }
}
