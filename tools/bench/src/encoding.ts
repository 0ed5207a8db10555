import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { decode, encode } from '@msgpack/msgpack';
import { type OrderedMessage } from '@polyroom/contracts';
import { interleave } from './interleave.js';
import { type BenchResult } from './report.js';

const readers = 500;
const rounds = 15;
const encodings = 4000;
const writesPerReader = 20;

interface Encoding {
  encode: (value: unknown) => Buffer;
  decode: (bytes: Buffer) => unknown;
}

const json: Encoding = {
  encode: (value) => Buffer.from(JSON.stringify(value)),
  // As in a page: a text frame arrives as a string.
  decode: (bytes) => JSON.parse(bytes.toString('utf8')) as unknown,
};
const messagePack: Encoding = {
  encode: (value) => {
    const { buffer, byteOffset, byteLength } = encode(value);
    return Buffer.from(buffer, byteOffset, byteLength);
  },
  decode: (bytes) => decode(bytes),
};

/**
 * Compares JSON and MessagePack for the same event: its size, the time to build and to parse it, and the cost
 * to write it to 500 sockets, alternately.
 */
export async function encoding(): Promise<BenchResult> {
  const one = eventOf(1);
  const many = eventOf(20);
  const build = await compareCpu(
    () => messagePack.encode(one),
    () => json.encode(one),
    encodings,
  );
  const read = await compareDecoding(one);
  const readMany = await compareDecoding(many);
  const delivery = await compareDeliveries(one);
  const bytes = { one: sizes(one), many: sizes(many) };
  const buildUs = build.values['json']!.reduce((sum, us) => sum + us, 0) / rounds;
  return {
    figures: {
      bytesVsJson: bytes.one.messagePack / bytes.one.json,
      bytesVsJson20Messages: bytes.many.messagePack / bytes.many.json,
      buildVsJson: build.medianRatio,
      readVsJson: read.medianRatio,
      readVsJson20Messages: readMany.medianRatio,
      deliveryVsJson: delivery.medianRatio,
    },
    columns: ['', 'JSON', 'MessagePack'],
    rows: [
      ['bytes, one message', bytes.one.json, bytes.one.messagePack],
      ['bytes, 20 messages', bytes.many.json, bytes.many.messagePack],
      ['build, µs per frame', ...pair(build.values)],
      ['parse, µs per message', ...pair(read.values)],
      ['read, us for 20 messages', ...pair(readMany.values)],
      [`built once and written to ${readers} sockets, µs per delivery`, ...pair(delivery.values)],
    ],
    notes: [
      `medians of ${rounds} interleaved rounds after one that is not counted`,
      `a frame is built once for all members of a room: building it is ${((100 * buildUs) / readers / mean(delivery.values['json']!)).toFixed(2)}% of a delivery to ${readers}`,
      'parse: in V8, as in a page',
    ],
  };
}

function eventOf(count: number): object {
  const messages: OrderedMessage[] = Array.from({ length: count }, (_, index) => ({
    seq: 48_210 + index,
    prev: 48_209 + index,
    messageId: 1_795_425_374_795_000 + index,
    sentAtMs: 1_795_425_374_795,
    kind: 'broadcast',
    category: 'chat',
    from: { userId: `u_${19_240 + index}`, userName: 'Ada Lovelace' },
    content: 'Did all of you get the second page? I will put the link to it into the notes after the lesson.',
  }));
  const place = { roomId: 'class-7b', epoch: 'k3f9-mb2x7q1c4' };
  return { event: 'message.received', data: { ...place, messages } };
}

function sizes(event: object): { json: number; messagePack: number } {
  return { json: json.encode(event).length, messagePack: messagePack.encode(event).length };
}

type Values = Record<string, number[]>;
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const pair = (values: Values): [string, string] => [
  mean(values['json']!).toFixed(2),
  mean(values['messagePack']!).toFixed(2),
];

function compareCpu(
  measured: () => unknown,
  baseline: () => unknown,
  times: number,
): ReturnType<typeof interleave> {
  const sample = (work: () => unknown) => (): Promise<number> => {
    const startedAtUs = threadCpuUs();
    for (let at = 0; at < times; at++) {
      work();
    }
    return Promise.resolve((threadCpuUs() - startedAtUs) / times);
  };
  return interleave(
    { name: 'messagePack', sample: sample(measured) },
    { name: 'json', sample: sample(baseline) },
    rounds,
  );
}

function compareDecoding(event: object): ReturnType<typeof interleave> {
  const [packed, text] = [messagePack.encode(event), json.encode(event)];
  return compareCpu(
    () => messagePack.decode(packed),
    () => json.decode(text),
    encodings,
  );
}

/** Sockets whose peers are read by another thread, which is not measured. */
async function compareDeliveries(event: object): Promise<Awaited<ReturnType<typeof interleave>>> {
  const sockets: Socket[] = [];
  const server = createServer({ noDelay: true }, (socket) => sockets.push(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const worker = new Worker(
    `const { connect } = require('node:net');
     const { workerData } = require('node:worker_threads');
     for (let at = 0; at < workerData.readers; at++) {
       connect(workerData.port, '127.0.0.1').on('data', () => {}).on('error', () => {});
     }`,
    { eval: true, workerData: { port, readers } },
  );
  while (sockets.length < readers) {
    await once(server, 'connection');
  }
  const sample =
    ({ encode: build }: Encoding) =>
    async (): Promise<number> => {
      let usedUs = 0;
      for (let at = 0; at < writesPerReader; at++) {
        const startedAtUs = threadCpuUs();
        const frame = build(event);
        for (const socket of sockets) {
          socket.write(frame);
        }
        usedUs += threadCpuUs() - startedAtUs;
        // Lets the readers run, as between two messages of a room.
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return usedUs / writesPerReader / readers;
    };
  try {
    return await interleave(
      { name: 'messagePack', sample: sample(messagePack) },
      { name: 'json', sample: sample(json) },
      rounds,
    );
  } finally {
    sockets.forEach((socket) => socket.destroy());
    await worker.terminate();
    server.close();
  }
}

/** CPU time of this thread only. */
function threadCpuUs(): number {
  return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1000;
}
