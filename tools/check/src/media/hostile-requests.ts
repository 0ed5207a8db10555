import { type MediaSession } from '@polyroom/contracts';
import { type Random } from '../invariants/random.js';

export type HostileMethod =
  | 'transport.connect'
  | 'transport.restartIce'
  | 'stream.produce'
  | 'stream.produceData'
  | 'stream.play'
  | 'stream.resume'
  | 'stream.mute'
  | 'stream.stopPlay'
  | 'stream.stopPublish';

const methods: HostileMethod[] = [
  'transport.connect',
  'transport.connect',
  'transport.restartIce',
  'stream.produce',
  'stream.produce',
  'stream.produce',
  'stream.produceData',
  'stream.produceData',
  'stream.play',
  'stream.play',
  'stream.resume',
  'stream.mute',
  'stream.stopPlay',
  'stream.stopPublish',
];

/** Values that have broken media servers: empty, oversized, at the limits of numbers, of the wrong type. */
const oddities: readonly unknown[] = [
  null,
  undefined,
  '',
  0,
  -1,
  1.5,
  255,
  256,
  65_535,
  65_536,
  0xffff_ffff,
  2 ** 32,
  Number.MAX_SAFE_INTEGER,
  -2147483649,
  true,
  [],
  {},
  [[]],
  'a'.repeat(300),
  'x'.repeat(50_000),
  '\u0000',
  '__proto__',
  '../..',
  'urn:ietf:params:rtp-hdrext:sdes:mid',
  'video/rtx',
  'audio/opus',
  'audio/telephone-event',
  'video/h264',
  { apt: 96 },
  { ssrc: 1 },
  { rid: 'r0', scalabilityMode: 'L99T99' },
  { scalabilityMode: 'S3T3' },
  { 'profile-level-id': 'zzzzzz', 'packetization-mode': 9 },
  Array.from({ length: 40 }, () => ({})),
];

/** A request of one session: valid, changed in one to four places, or about another session's resources. */
export function hostileRequest(
  random: Random,
  media: readonly MediaSession[],
  index: number,
): { method: HostileMethod; params: unknown } {
  const method = methods[random.below(methods.length)]!;
  const params = structuredClone(validParams(random, method, media, index)) as Record<string, unknown>;
  const changes = random.next() < 0.25 ? 0 : 1 + random.below(4);
  for (let change = 0; change < changes; change += 1) {
    // Mostly in the fields that media servers read: what the edge refuses never reaches a worker.
    const depths =
      params['rtpParameters'] ??
      params['dtlsParameters'] ??
      params['sctpStreamParameters'] ??
      params['rtpCapabilities'];
    const isDeep = typeof depths === 'object' && depths !== null && random.next() < 0.75;
    mutate(random, (isDeep ? depths : params) as Record<string, unknown>);
  }
  return { method, params };
}

function validParams(
  random: Random,
  method: HostileMethod,
  media: readonly MediaSession[],
  index: number,
): object {
  const streamId = `stream-${random.below(8)}`;
  const kind = random.next() < 0.5 ? 'audio' : 'video';
  const direction = random.next() < 0.5 ? 'send' : 'recv';
  // Sometimes the transport of another session.
  const owner = media[random.next() < 0.2 ? random.below(media.length) : index]!;
  const transportId = owner[direction].id;
  switch (method) {
    case 'transport.connect':
      return {
        direction,
        transportId,
        dtlsParameters: { role: 'client', fingerprints: [fingerprint(random)] },
      };
    case 'transport.restartIce':
      return { direction, transportId };
    case 'stream.produce':
      return { streamId, kind, transportId: owner.send.id, rtpParameters: rtpParameters(random, kind) };
    case 'stream.produceData':
      return {
        streamId,
        transportId: owner.send.id,
        sctpStreamParameters: { streamId: random.below(12), ordered: true },
      };
    case 'stream.play':
      if (random.next() < 0.3) {
        return { streamId, roomId: 'room', rtpCapabilities: {}, data: true };
      }
      return { streamId, roomId: 'room', rtpCapabilities: media[index]!.routerRtpCapabilities };
    case 'stream.mute':
      return { streamId, kind, muted: random.next() < 0.5, roomId: 'room' };
    case 'stream.resume':
    case 'stream.stopPlay':
    case 'stream.stopPublish':
      return { streamId };
  }
}

function fingerprint(random: Random): object {
  const byte = (): string => random.below(256).toString(16).padStart(2, '0').toUpperCase();
  return { algorithm: 'sha-256', value: Array.from({ length: 32 }, byte).join(':') };
}

function rtpParameters(random: Random, kind: 'audio' | 'video'): object {
  const ssrc = 1 + random.below(0xffff_fff0);
  const codecs =
    kind === 'audio'
      ? [
          {
            mimeType: 'audio/opus',
            payloadType: 111,
            clockRate: 48_000,
            channels: 2,
            parameters: { usedtx: 1 },
          },
        ]
      : [
          { mimeType: 'video/VP8', payloadType: 96, clockRate: 90_000, rtcpFeedback: [{ type: 'nack' }] },
          { mimeType: 'video/rtx', payloadType: 97, clockRate: 90_000, parameters: { apt: 96 } },
        ];
  const simulcast = kind === 'video' && random.next() < 0.4;
  return {
    mid: String(random.below(1000)),
    codecs,
    headerExtensions: [{ uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', id: 1, encrypt: false, parameters: {} }],
    encodings: simulcast
      ? ['r0', 'r1', 'r2'].map((rid) => ({ rid, scalabilityMode: 'L1T3' }))
      : [{ ssrc, ...(kind === 'video' ? { rtx: { ssrc: ssrc + 1 } } : {}) }],
    rtcp: { cname: 'someone', reducedSize: true },
  };
}

/** A copy: a later change goes into it, and must neither change the list nor close a circle. */
function oddity(random: Random): unknown {
  return structuredClone(oddities[random.below(oddities.length)]);
}

/** Changes one place in the value: replaces, drops, duplicates or adds. */
function mutate(random: Random, value: Record<string, unknown>): void {
  let target: Record<string, unknown> | unknown[] = value;
  for (;;) {
    const keys = Object.keys(target);
    const key = keys[random.below(Math.max(1, keys.length))];
    if (key === undefined) {
      return;
    }
    const inner = (target as Record<string, unknown>)[key];
    if (typeof inner === 'object' && inner !== null && random.next() < 0.7) {
      target = inner as Record<string, unknown> | unknown[];
      continue;
    }
    const choice = random.below(4);
    if (choice === 0 && Array.isArray(target)) {
      target.push(structuredClone(inner));
    } else if (choice === 1 && !Array.isArray(target)) {
      delete target[key];
    } else if (choice === 2 && !Array.isArray(target)) {
      target[`extra${random.below(3)}`] = oddity(random);
    } else {
      (target as Record<string, unknown>)[key] = oddity(random);
    }
    return;
  }
}
