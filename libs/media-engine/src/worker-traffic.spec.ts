import { EventEmitter } from 'node:events';
import { expect, test } from '@jest/globals';
import { type types } from 'mediasoup';
import { samplesPerRound, WorkerTraffic } from './worker-traffic.js';

class FakeTransport {
  readonly observer = new EventEmitter();
  closed = false;
  asked = 0;

  constructor(private readonly stats: Partial<types.BaseTransportStats>) {}

  async getStats() {
    this.asked += 1;
    return [{ bytesReceived: 0, bytesSent: 0, ...this.stats }];
  }

  make(event: 'newproducer' | 'newconsumer'): EventEmitter {
    const observer = new EventEmitter();
    this.observer.emit(event, { observer });
    return observer;
  }

  close(): void {
    this.closed = true;
    this.observer.emit('close');
  }
}

function newTraffic(...transports: FakeTransport[]): WorkerTraffic {
  const traffic = new WorkerTraffic();
  const router = { observer: new EventEmitter() };
  traffic.watch(router as unknown as types.Router);
  transports.forEach((transport) => router.observer.emit('newtransport', transport));
  return traffic;
}

test('keeps the bytes of closed transports and averages loss over transports that report it', async () => {
  const first = new FakeTransport({ bytesReceived: 100, bytesSent: 10, rtpPacketLossReceived: 0.2 });
  const second = new FakeTransport({ bytesReceived: 1, bytesSent: 2 });
  const traffic = newTraffic(first, second);
  for (let second = 0; second < samplesPerRound; second++) {
    await traffic.sample();
  }
  expect(traffic.totals()).toMatchObject({
    transports: 2,
    bytesReceived: 101,
    bytesSent: 12,
    lossReceived: 0.2,
    lossSent: 0,
  });
  first.close();
  expect(traffic.totals()).toMatchObject({
    transports: 1,
    bytesReceived: 101,
    bytesSent: 12,
    lossReceived: 0,
  });
});

test('polls each transport once a round, a few per sample', async () => {
  const transports = Array.from({ length: 40 }, () => new FakeTransport({}));
  const traffic = newTraffic(...transports);
  for (let second = 1; second <= samplesPerRound; second++) {
    await traffic.sample();
    const asked = transports.filter((transport) => transport.asked > 0).length;
    expect(asked).toBe(Math.min(40, second * 3));
    if (asked === 40) {
      break;
    }
  }
  expect(transports.every((transport) => transport.asked === 1)).toBe(true);
});

test('counts producers and consumers until they close', () => {
  const transport = new FakeTransport({});
  const traffic = newTraffic(transport);
  const producer = transport.make('newproducer');
  transport.make('newconsumer');
  transport.make('newconsumer').emit('close');
  expect(traffic.totals()).toMatchObject({ producers: 1, consumers: 1 });
  producer.emit('close');
  expect(traffic.totals()).toMatchObject({ producers: 0, consumers: 1 });
});
