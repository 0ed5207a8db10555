// Checks a mediasoup worker before it is used: it starts, answers, and carries SRTP.
// Usage: check.mjs WORKER_BIN
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import * as mediasoup from 'mediasoup';

const deadlineMs = 15_000;
const opus = { mimeType: 'audio/opus', clockRate: 48_000, channels: 2, payloadType: 100 };
const ssrc = 1111;
const listenInfo = { protocol: 'udp', ip: '127.0.0.1' };

function rtpPacket(sequenceNumber) {
  const packet = Buffer.alloc(172);
  packet[0] = 0x80;
  packet[1] = opus.payloadType;
  packet.writeUInt16BE(sequenceNumber, 2);
  packet.writeUInt32BE(sequenceNumber * 960, 4);
  packet.writeUInt32BE(ssrc, 8);
  return packet;
}

async function check(workerBin) {
  const worker = await mediasoup.createWorker({ workerBin, logLevel: 'none' });
  worker.once('died', () => fail('the worker died'));
  const router = await worker.createRouter({
    mediaCodecs: [{ ...opus, kind: 'audio', preferredPayloadType: 100 }],
  });
  const server = await worker.createWebRtcServer({ listenInfos: [listenInfo] });
  const webRtc = await router.createWebRtcTransport({ webRtcServer: server });
  if (webRtc.dtlsParameters.fingerprints.length === 0) {
    throw new Error('the worker has no DTLS certificate');
  }

  // Sends plain packets; between two transports they are encrypted.
  const entrance = await router.createPlainTransport({ listenInfo, rtcpMux: true, comedia: true });
  const [sender, receiver] = await Promise.all([
    router.createPipeTransport({ listenInfo, enableSrtp: true }),
    router.createPipeTransport({ listenInfo, enableSrtp: true }),
  ]);
  await sender.connect(address(receiver));
  await receiver.connect(address(sender));
  const producer = await entrance.produce({
    kind: 'audio',
    rtpParameters: { codecs: [opus], encodings: [{ ssrc }] },
  });
  const consumer = await sender.consume({ producerId: producer.id });
  const arrived = await receiver.produce({
    id: `${producer.id}-arrived`,
    kind: 'audio',
    rtpParameters: consumer.rtpParameters,
  });

  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const until = Date.now() + deadlineMs;
  let sequenceNumber = 0;
  try {
    for (;;) {
      socket.send(rtpPacket(++sequenceNumber), entrance.tuple.localPort, '127.0.0.1');
      await new Promise((resolve) => setTimeout(resolve, 20));
      const [stats] = await arrived.getStats();
      if ((stats?.packetCount ?? 0) >= 10) {
        return;
      }
      if (Date.now() > until) {
        throw new Error('no packet arrived over SRTP');
      }
    }
  } finally {
    socket.close();
    worker.close();
  }
}

function address(transport) {
  return { ip: '127.0.0.1', port: transport.tuple.localPort, srtpParameters: transport.srtpParameters };
}

function fail(message) {
  process.stderr.write(`the mediasoup worker fails its check: ${message}\n`);
  process.exit(1);
}

setTimeout(() => fail('no answer in time'), deadlineMs * 2).unref();
check(process.argv[2]).then(
  () => process.exit(0),
  (error) => fail(error.message),
);
