import { type types } from 'mediasoup';

/** What has gone through a worker, or is in it. Bytes only grow while the worker lives. */
export interface WorkerTotals {
  transports: number;
  producers: number;
  consumers: number;
  bytesReceived: number;
  bytesSent: number;
  /** Mean over the transports on which it is known, 0 to 1. */
  lossReceived: number;
  lossSent: number;
}

interface Known {
  bytesReceived: number;
  bytesSent: number;
  lossReceived: number | undefined;
  lossSent: number | undefined;
}

/** Each transport is asked once in so many samples: a worker with 500 of them answers 34 a second. */
export const samplesPerRound = 15;

/**
 * What a worker carries. Counts come from what mediasoup tells as it is made and closed; bytes and losses from
 * asking each transport, never a consumer, a few at a time.
 */
export class WorkerTraffic {
  private readonly transports = new Map<types.Transport, Known>();
  private readonly gone = { bytesReceived: 0, bytesSent: 0 };
  private producers = 0;
  private consumers = 0;
  /** Those that this round has not asked yet. */
  private waiting: types.Transport[] = [];
  private perSample = 0;

  watch(router: types.Router): void {
    router.observer.on('newtransport', (transport) => this.watchTransport(transport));
  }

  /** To be called once a second. */
  async sample(): Promise<void> {
    if (this.waiting.length === 0) {
      this.waiting = [...this.transports.keys()];
      this.perSample = Math.ceil(this.waiting.length / samplesPerRound);
    }
    const asked = this.waiting.splice(0, this.perSample);
    await Promise.all(asked.map((transport) => this.ask(transport)));
  }

  totals(): WorkerTotals {
    const known = [...this.transports.values()];
    const sum = (field: 'bytesReceived' | 'bytesSent'): number =>
      this.gone[field] + known.reduce((total, one) => total + one[field], 0);
    return {
      transports: this.transports.size,
      producers: this.producers,
      consumers: this.consumers,
      bytesReceived: sum('bytesReceived'),
      bytesSent: sum('bytesSent'),
      lossReceived: meanOf(known.map(({ lossReceived }) => lossReceived)),
      lossSent: meanOf(known.map(({ lossSent }) => lossSent)),
    };
  }

  private watchTransport(transport: types.Transport): void {
    this.transports.set(transport, {
      bytesReceived: 0,
      bytesSent: 0,
      lossReceived: undefined,
      lossSent: undefined,
    });
    transport.observer.on('close', () => {
      const last = this.transports.get(transport);
      if (last !== undefined) {
        this.gone.bytesReceived += last.bytesReceived;
        this.gone.bytesSent += last.bytesSent;
        this.transports.delete(transport);
      }
    });
    transport.observer.on('newproducer', (producer) => {
      this.producers += 1;
      producer.observer.once('close', () => (this.producers -= 1));
    });
    transport.observer.on('newconsumer', (consumer) => {
      this.consumers += 1;
      consumer.observer.once('close', () => (this.consumers -= 1));
    });
  }

  private async ask(transport: types.Transport): Promise<void> {
    if (transport.closed) {
      return;
    }
    // One that closes, or whose worker dies, while it is asked counts with what was known of it.
    const stats = await transport.getStats().catch(() => []);
    const [first] = stats as types.BaseTransportStats[];
    if (first !== undefined && this.transports.has(transport)) {
      this.transports.set(transport, {
        bytesReceived: first.bytesReceived,
        bytesSent: first.bytesSent,
        lossReceived: first.rtpPacketLossReceived,
        lossSent: first.rtpPacketLossSent,
      });
    }
  }
}

function meanOf(values: (number | undefined)[]): number {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? 0 : known.reduce((sum, value) => sum + value, 0) / known.length;
}
