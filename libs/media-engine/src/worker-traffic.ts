import { type types } from 'mediasoup';

/** Traffic and objects of a worker. Byte counts grow monotonically while the worker lives. */
export interface WorkerTotals {
  transports: number;
  producers: number;
  consumers: number;
  bytesReceived: number;
  bytesSent: number;
  /** Mean over the transports that report it, 0 to 1. */
  lossReceived: number;
  lossSent: number;
}

interface Known {
  bytesReceived: number;
  bytesSent: number;
  lossReceived: number | undefined;
  lossSent: number | undefined;
}

/**
 * Each transport is polled once per this number of samples: a worker with 500 transports answers 34 requests
 * a second.
 */
export const samplesPerRound = 15;

/**
 * Measures the traffic of a worker. Object counts come from mediasoup's observer events; bytes and loss from
 * polling the transports, never consumers, a few at a time.
 */
export class WorkerTraffic {
  private readonly transports = new Map<types.Transport, Known>();
  private readonly gone = { bytesReceived: 0, bytesSent: 0 };
  private producers = 0;
  private consumers = 0;
  /** Transports not yet polled in this round. */
  private waiting: types.Transport[] = [];
  private perSample = 0;

  watch(router: types.Router): void {
    router.observer.on('newtransport', (transport) => this.watchTransport(transport));
  }

  /** Meant to be called once a second. */
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
    // A transport that closes, or whose worker dies, during the poll counts with its last figures.
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
