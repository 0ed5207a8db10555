/** A measured cost of one unit of load. */
export interface UnitCost {
  value: number;
  unit: 'µs' | 'bytes' | 'KiB' | 'packets/s';
  /** The processes that bear the cost, and the unit of load that causes it. */
  of: string;
  /** The benchmark that measures it: `npm run bench -- NAME`. */
  bench: string;
}

/**
 * What one unit of load costs, in CPU time or memory of all processes of a kind together. docs/sizing.md has the same
 * table, and a spec compares them. After a new measurement, change both. Those of `scale` are of a million users, where
 * each is highest.
 */
export const unitCosts = {
  gatewayLoginUs: {
    ...{ value: 349, unit: 'µs', bench: 'login' },
    of: 'gateways: a login into a room of 10, with the notifications to the other members',
  },
  gatewayDeliveryUs: {
    ...{ value: 8.6, unit: 'µs', bench: 'fan-out' },
    of: 'gateways: the delivery of a message to one member of a quiet room of 500',
  },
  gatewaySessionKiB: {
    ...{ value: 17.2, unit: 'KiB', bench: 'fan-out' },
    of: 'gateways: memory of an idle session in one room',
  },
  furtherRoomKiB: {
    ...{ value: 5.1, unit: 'KiB', bench: 'five-rooms' },
    of: 'gateways, room and media together: memory of a further room of a session, with a share',
  },
  mediaSessionKiB: {
    ...{ value: 93, unit: 'KiB', bench: 'five-rooms' },
    of: 'media: memory of a session that publishes a camera, without what the gateway takes',
  },
  roomLoginUs: { value: 258, unit: 'µs', bench: 'login', of: 'room: a login' },
  roomCheckUs: { value: 148, unit: 'µs', bench: 'scale', of: 'room: the check of a membership, every 30 s' },
  authLoginUs: { value: 27, unit: 'µs', bench: 'login', of: 'auth: a login' },
  messagingLoginUs: { value: 50, unit: 'µs', bench: 'login', of: 'messaging: a login' },
  messagingMessageUs: {
    ...{ value: 900, unit: 'µs', bench: 'fan-out' },
    of: 'messaging: a message to a quiet room, at most',
  },
  natsLoginUs: { value: 61, unit: 'µs', bench: 'login', of: 'NATS: a login' },
  natsMessageUs: { value: 49, unit: 'µs', bench: 'scale', of: 'NATS: a message to a room on four gateways' },
  natsRoomBytes: {
    value: 8974,
    unit: 'bytes',
    bench: 'scale',
    of: 'NATS: memory of a room on four gateways',
  },
  natsMessageBytes: {
    ...{ value: 388, unit: 'bytes', bench: 'scale' },
    of: 'NATS: storage of a message, in addition to its text',
  },
  redisFirstLoginUs: { value: 387, unit: 'µs', bench: 'scale', of: 'Redis: the first login of a session' },
  redisFurtherLoginUs: { value: 304, unit: 'µs', bench: 'scale', of: 'Redis: a further login' },
  redisLogoutUs: { value: 242, unit: 'µs', bench: 'scale', of: 'Redis: a logout' },
  redisCheckUs: {
    ...{ value: 34, unit: 'µs', bench: 'scale' },
    of: 'Redis: the check of a membership, every 30 s',
  },
  redisSessionBytes: {
    ...{ value: 1708, unit: 'bytes', bench: 'scale' },
    of: 'Redis: memory of a session with its first membership',
  },
  redisMembershipBytes: {
    ...{ value: 707, unit: 'bytes', bench: 'scale' },
    of: 'Redis: memory of a further membership',
  },
  mediaCorePackets: {
    ...{ value: 65_000, unit: 'packets/s', bench: 'media' },
    of: 'media: what a busy core forwards',
  },
  streamPackets: {
    ...{ value: 350, unit: 'packets/s', bench: 'media' },
    of: 'media: a camera with a microphone, to one viewer',
  },
} as const satisfies Record<string, UnitCost>;
