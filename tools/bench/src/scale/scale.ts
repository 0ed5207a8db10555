import { type BenchResult } from '../report.js';
import { membersPerRoom } from './crowd.js';
import { costNames, MeasuredCrowd, type Scale } from './measured-crowd.js';
import { fewUsers, parseScaleOptions, stepsTo } from './scale-options.js';

/** By how much a cost may differ from that of a thousand users. */
const tolerance = 0.1;

/**
 * Simulates up to a million users in overlapping rooms of ten. Gateways are simulated; the commands of the room service
 * run on a Redis Cluster of three, messages pass NATS with JetStream, and media nodes are chosen by libs/placement.
 * Costs are compared with those of a thousand users on other servers, alternately in the same run.
 */
export async function scale(_rootDir: string, args: string[] = []): Promise<BenchResult> {
  const { roomsPerUser, users } = parseScaleOptions(args);
  const crowds: MeasuredCrowd[] = [];
  try {
    const baseline = await MeasuredCrowd.start(roomsPerUser, fewUsers);
    crowds.push(baseline);
    const crowd = await MeasuredCrowd.start(roomsPerUser, users);
    crowds.push(crowd);
    await baseline.growTo(fewUsers);
    const scales: Scale[] = [];
    for (const step of stepsTo(users)) {
      scales.push(await crowd.measure(step, baseline));
    }
    return toResult(scales, roomsPerUser, await crowd.storedBytes());
  } finally {
    for (const crowd of crowds) {
      await crowd.close();
    }
  }
}

function toResult(
  scales: Scale[],
  roomsPerUser: number,
  { messageBytes, textBytes }: { messageBytes: number; textBytes: number },
): BenchResult {
  const growth = scales.flatMap(({ ratios, users }) =>
    costNames.map((name): [string, number] => [`${name}At${users}`, ratios[name]]),
  );
  const uneven = growth.filter(([, ratio]) => Math.abs(ratio - 1) > tolerance);
  const last = scales.at(-1)!;
  return {
    figures: {
      ...Object.fromEntries(growth),
      sessionBytes: last.memory.sessionBytes,
      membershipBytes: last.memory.membershipBytes,
      natsRoomBytes: last.natsRoomBytes,
      storedMessageBytes: messageBytes,
      roomCheckUs: last.roomCheckUs,
      placementFirstUs: last.placementUs.first,
      placementNextUs: last.placementUs.next,
    },
    columns: ['', ...scales.map(({ users }) => `${users} users`)],
    rows: [
      ...costNames.map((name) => [labels[name], ...scales.map(withRatio(name))]),
      ['Redis commands of a login', ...scales.map(({ commandsPerLogin }) => commandsPerLogin)],
      ['room instance us of such a check', ...scales.map(({ roomCheckUs }) => roomCheckUs)],
      [
        'Redis bytes of a session with its first membership',
        ...scales.map(({ memory }) => Math.round(memory.sessionBytes)),
      ],
      [
        'Redis bytes of a further membership',
        ...scales.map(({ memory }) => Math.round(memory.membershipBytes)),
      ],
      ['NATS bytes of a room', ...scales.map(({ natsRoomBytes }) => Math.round(natsRoomBytes))],
      ['media nodes', ...scales.map(({ mediaNodes }) => mediaNodes)],
      ['gateway us to place the first user of a room', ...scales.map(({ placementUs }) => placementUs.first)],
      ['gateway us to place another user', ...scales.map(({ placementUs }) => placementUs.next)],
      ['busiest media node to the mean', ...scales.map(({ imbalance }) => imbalance)],
    ],
    notes: [
      `CPU time of all Redis nodes, or of NATS, in us; in brackets the ratio to ${fewUsers} users, the median of the rounds`,
      `${roomsPerUser} rooms per user, ${membersPerRoom} members in each; the users of a sample are from all over the crowd`,
      'a login, a logout: with what it records for the event log, which is read and dropped; a check: of one membership, every 30 s',
      `a message: ${textBytes} bytes of text, stored, acknowledged, and delivered to the 4 gateways of its room; ${messageBytes.toFixed(0)} bytes on disk`,
      uneven.length === 0
        ? `every cost is within ${tolerance * 100} % of that of ${fewUsers} users`
        : `not within ${tolerance * 100} %: ${uneven.map(([name, ratio]) => `${name} ${ratio.toFixed(2)}`).join(', ')}`,
    ],
  };
}

const labels: Record<(typeof costNames)[number], string> = {
  firstLogin: 'first login of a session',
  furtherLogin: 'a further login',
  logout: 'a logout',
  check: 'the check of a membership',
  message: 'a message',
};

function withRatio(name: (typeof costNames)[number]): (scale: Scale) => string {
  return ({ costs, ratios }) => `${costs[name].toFixed(1)} (${ratios[name].toFixed(3)})`;
}
