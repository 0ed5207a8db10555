import { unitCosts } from './unit-costs.js';

export interface PlanInput {
  /** Users who are connected at once. */
  users: number;
  roomsPerUser: number;
  membersPerRoom: number;
  /** Streams that are published at once, in the whole cluster. */
  streams: number;
  /** Streams that each user plays at once. */
  playsPerUser: number;
  /** Bit rate of a stream, audio included, in kbit/s. */
  streamKbps: number;
  /** Logins into rooms; as many logouts are assumed. */
  loginsPerSecond: number;
  messagesPerSecond: number;
  /** Bytes of the text of a message. */
  messageBytes: number;
  /** NATS servers, each of which stores every message. */
  replicas: number;
  /** Memory of a Redis master that may be used, in GiB. */
  redisNodeGib: number;
  /** Workers of a media node, each on a core. */
  mediaWorkers: number;
  /** Bandwidth of a media node, in Gbit/s. */
  mediaNodeGbps: number;
}

/** The need of one kind of process at the peak, all instances together; 0 where it has none. */
export interface Need {
  component: 'gateway' | 'auth' | 'room' | 'messaging' | 'media' | 'Redis' | 'NATS';
  /** One of them is spare, except for Redis and NATS. */
  instances: number;
  /** With the reserve. */
  cores: number;
  memoryBytes: number;
  storageBytes: number;
  /** Traffic of clients. */
  inBps: number;
  outBps: number;
  /** What decides the number of instances; `minimum` if one would do. */
  decidedBy: string;
}

export interface Plan {
  memberships: number;
  rooms: number;
  plays: number;
  needs: Need[];
}

/** No core is planned to be busier: the rest is for peaks, and for the load of a lost instance. */
const targetLoad = 0.7;
/** Default of POLYROOM_MAX_SOCKETS. */
const socketsPerGateway = 50_000;
/** Interval between two checks of a room. */
const roomCheckSeconds = 30;
/** How long messages stay in the log. */
const storedSeconds = 3600;
/** Members of the rooms in which a login was measured. */
const measuredMembers = 10;
/** In a larger room, joins and leaves are reported as a count. */
const mostNotifiedMembers = 500;
const redisMastersOfCluster = 3;
const kib = 1024;
const gib = 1024 ** 3;

/** Computes what a cluster needs at the peak, from the unit costs. */
export function makePlan(input: PlanInput): Plan {
  const { roomsPerUser, users } = input;
  const memberships = users * roomsPerUser;
  const rooms = Math.ceil(memberships / input.membersPerRoom);
  const plays = input.streams === 0 ? 0 : users * input.playsPerUser;
  const load = { ...input, memberships, rooms, plays };
  return {
    ...{ memberships, rooms, plays },
    needs: [planGateways(load), planAuth(load), planRoom(load), planMessaging(load), planMedia(load)].concat(
      planRedis(load),
      planNats(load),
    ),
  };
}

type Load = PlanInput & Pick<Plan, 'memberships' | 'rooms' | 'plays'>;

function planGateways(load: Load): Need {
  const { loginsPerSecond, membersPerRoom, memberships, messagesPerSecond, users } = load;
  const notified = Math.max(0, Math.min(membersPerRoom, mostNotifiedMembers) - measuredMembers);
  const changeUs = of('gatewayLoginUs') + notified * of('gatewayDeliveryUs');
  const cores = toCores(
    // A logout is counted as a login.
    2 * loginsPerSecond * changeUs + messagesPerSecond * membersPerRoom * of('gatewayDeliveryUs'),
  );
  return {
    component: 'gateway',
    ...withSpare({
      CPU: cores,
      [`${socketsPerGateway} sockets each`]: users / socketsPerGateway,
    }),
    ...nothing,
    cores,
    memoryBytes: users * of('gatewaySessionKiB') * kib + (memberships - users) * of('furtherRoomKiB') * kib,
  };
}

function planAuth({ loginsPerSecond }: Load): Need {
  const cores = toCores(loginsPerSecond * of('authLoginUs'));
  return { component: 'auth', ...withSpare({ CPU: cores }), ...nothing, cores };
}

function planRoom({ loginsPerSecond, memberships }: Load): Need {
  const checksPerSecond = memberships / roomCheckSeconds;
  const cores = toCores(2 * loginsPerSecond * of('roomLoginUs') + checksPerSecond * of('roomCheckUs'));
  return { component: 'room', ...withSpare({ CPU: cores }), ...nothing, cores };
}

function planMessaging({ loginsPerSecond, messagesPerSecond }: Load): Need {
  const cores = toCores(
    loginsPerSecond * of('messagingLoginUs') + messagesPerSecond * of('messagingMessageUs'),
  );
  return { component: 'messaging', ...withSpare({ CPU: cores }), ...nothing, cores };
}

function planMedia(load: Load): Need {
  const { mediaNodeGbps, mediaWorkers, plays, streamKbps, streams, users } = load;
  const packetsPerSecond = (plays + streams) * of('streamPackets');
  const cores = packetsPerSecond / of('mediaCorePackets') / targetLoad;
  const [inBps, outBps] = [streams * streamKbps * 1000, plays * streamKbps * 1000];
  const busiestBps = Math.max(inBps, outBps) / targetLoad;
  return {
    component: 'media',
    ...withSpare({
      CPU: cores / mediaWorkers,
      bandwidth: busiestBps / (mediaNodeGbps * 1e9),
    }),
    ...{ cores, inBps, outBps, storageBytes: 0, memoryBytes: users * of('mediaSessionKiB') * kib },
  };
}

function planRedis(load: Load): Need {
  const { loginsPerSecond, memberships, redisNodeGib, roomsPerUser, users } = load;
  const loginUs = (of('redisFirstLoginUs') + (roomsPerUser - 1) * of('redisFurtherLoginUs')) / roomsPerUser;
  const cores = toCores(
    loginsPerSecond * (loginUs + of('redisLogoutUs')) + (memberships / roomCheckSeconds) * of('redisCheckUs'),
  );
  const memoryBytes =
    (users * of('redisSessionBytes') + (memberships - users) * of('redisMembershipBytes')) / targetLoad;
  const [decidedBy, masters] = largest({ CPU: cores, memory: memoryBytes / (redisNodeGib * gib) });
  return {
    component: 'Redis',
    // One server, or a Cluster.
    instances: masters <= 1 ? 1 : Math.max(redisMastersOfCluster, Math.ceil(masters)),
    ...nothing,
    ...{ cores, memoryBytes, decidedBy },
  };
}

function planNats({ loginsPerSecond, messageBytes, messagesPerSecond, replicas, rooms }: Load): Need {
  const cores = toCores(loginsPerSecond * of('natsLoginUs') + messagesPerSecond * of('natsMessageUs'));
  const storedBytes = messagesPerSecond * storedSeconds * (of('natsMessageBytes') + messageBytes);
  return {
    component: 'NATS',
    instances: replicas,
    ...nothing,
    ...{ cores, memoryBytes: rooms * of('natsRoomBytes'), storageBytes: storedBytes * replicas },
    decidedBy: 'replicas',
  };
}

const nothing = { memoryBytes: 0, storageBytes: 0, inBps: 0, outBps: 0 };

function of(name: keyof typeof unitCosts): number {
  return unitCosts[name].value;
}

/** Cores, with the reserve, for this CPU time. */
function toCores(usPerSecond: number): number {
  return usPerSecond / 1e6 / targetLoad;
}

/** The largest of the numbers of instances that the reasons need, and one more, so that one may fail. */
function withSpare(reasons: Record<string, number>): Pick<Need, 'instances' | 'decidedBy'> {
  const [decidedBy, count] = largest(reasons);
  return { instances: Math.max(1, Math.ceil(count)) + 1, decidedBy };
}

function largest(reasons: Record<string, number>): [decidedBy: string, count: number] {
  const [reason, count] = Object.entries(reasons).sort((left, right) => right[1] - left[1])[0]!;
  return [count <= 1 ? 'minimum' : reason, count];
}
