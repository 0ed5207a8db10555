import { type Bus } from '@polyroom/bus';
import { mediaRpc, type ReplyOf, roomRpc } from '@polyroom/contracts';
import { type Actor } from './actor.js';
import { type ClientView } from './driver.js';
import { mutedKindsIn } from './intents.js';

/** The servers' state of the rooms and users of one sequence. */
export interface ServerView {
  rooms: Map<string, RoomView>;
  /** On the media node. */
  sessions: ReplyOf<typeof mediaRpc.dumpNode>['sessions'];
}

interface RoomView {
  userIds: string[];
  /** Owner by stream. */
  owners: Map<string, string>;
  /** Each stream with its muted kinds, by stream. */
  streams: Map<string, string>;
  attributes: Map<string, string>;
}

export async function readServerView(
  bus: Bus,
  appId: number,
  roomIds: readonly string[],
): Promise<ServerView> {
  const [{ sessions }, ...snapshots] = await Promise.all([
    bus.requestNode(mediaRpc.dumpNode, 'nd_1', {}),
    ...roomIds.map((roomId) => bus.request(roomRpc.getSnapshot, { appId, roomId })),
  ]);
  return {
    rooms: new Map(
      snapshots.map(({ attributes, members, roomId, streams }) => [
        roomId,
        {
          userIds: members.map(({ userId }) => userId),
          owners: new Map(streams.map(({ streamId, user }) => [streamId, user.userId])),
          streams: new Map(
            streams.map(({ mutedKinds = [], streamId }) => [streamId, describeStream(streamId, mutedKinds)]),
          ),
          attributes: new Map(attributes.map(({ key, value }) => [key, value])),
        },
      ]),
    ),
    sessions: sessions.filter((session) => session.appId === appId),
  };
}

/**
 * Where the intents of a client, its own view, the servers' view and the view of the others differ; empty if they
 * are equal.
 */
export function findDifferences(actor: Actor, view: ClientView | undefined, server: ServerView): string[] {
  const found = new Differences(actor.userId);
  const sessions = server.sessions.filter(({ userId }) => userId === actor.userId);
  if (view === undefined) {
    for (const [roomId, { userIds }] of server.rooms) {
      found.compare(`${roomId} has it as a member, its tab is closed`, userIds.includes(actor.userId), false);
    }
    found.compare('sessions on the media node, its tab is closed', sessions.length, 0);
    return found.texts;
  }
  const { publications, roomIds, subscriptions } = actor.intents.state;
  found.texts.push(...view.unexpected);
  found.compare('rooms', idsOf(view.rooms, 'roomId'), [...roomIds]);
  found.compareStates('room', view.rooms, 'roomId', 'joined');
  found.compare('published streams', toRooms(view.publications), describeRooms(publications));
  found.compareStates('published stream', view.publications, 'streamId', 'active');

  // What plays: in the rooms that show the stream. In the others the client waits for it.
  const playing = new Map<string, Set<string>>();
  const expected = new Map<string, Set<string>>();
  for (const [streamId, wanted] of subscriptions) {
    const shown = [...wanted].filter((roomId) => server.rooms.get(roomId)?.owners.has(streamId));
    if (shown.length > 0) {
      playing.set(streamId, new Set(shown));
    }
    expected.set(streamId, shown.length > 0 ? new Set(shown) : wanted);
  }
  found.compare('played streams', toRooms(view.subscriptions), describeRooms(expected));
  found.compare(
    'active played streams',
    idsOf(
      view.subscriptions.filter(({ state }) => state === 'active'),
      'streamId',
    ),
    [...playing.keys()],
  );

  found.compare('sessions on the media node', sessions.length, roomIds.size > 0 ? 1 : 0);
  const upstreams = sessions.flatMap((session) => session.upstreams.map(({ streamId }) => streamId));
  found.compare('streams on the media node', upstreams.sort(), [...publications.keys()].sort());
  found.compare(
    'played streams on the media node',
    toRooms(sessions.flatMap(({ downlinks }) => downlinks)),
    describeRooms(playing),
  );
  for (const [roomId, room] of server.rooms) {
    found.compareRoom({ actor, roomId, room, view, isIn: roomIds.has(roomId) });
  }
  return found.texts;
}

class Differences {
  readonly texts: string[] = [];

  constructor(private readonly userId: string) {}

  compare(what: string, actual: unknown, expected: unknown): void {
    const [one, other] = [actual, expected].map((value) =>
      JSON.stringify(Array.isArray(value) ? [...value].sort() : value),
    );
    if (one !== other) {
      this.texts.push(`${this.userId}: ${what}: ${one}, expected ${other}`);
    }
  }

  compareStates<Key extends string>(
    what: string,
    items: readonly ({ state: string } & Record<Key, string>)[],
    key: Key,
    expected: string,
  ): void {
    items.forEach((item) => this.compare(`${what} ${item[key]}`, item.state, expected));
  }

  compareRoom(given: {
    actor: Actor;
    roomId: string;
    room: RoomView;
    view: ClientView;
    isIn: boolean;
  }): void {
    const { actor, isIn, room, roomId, view } = given;
    const { state } = actor.intents;
    const own = [...state.publications]
      .filter(([, rooms]) => rooms.has(roomId))
      .map(([streamId]) => streamId);
    /** Of this user, or of all others. */
    const shown = (isOwn: boolean): string[] =>
      [...room.owners]
        .filter(([, owner]) => (owner === this.userId) === isOwn)
        .map(([streamId]) => room.streams.get(streamId)!);
    this.compare(`${roomId} has it as a member`, room.userIds.includes(this.userId), isIn);
    this.compare(
      `its streams in ${roomId}, with mutes`,
      shown(true),
      own.map((streamId) => describeStream(streamId, mutedKindsIn(state, streamId, roomId))),
    );
    if (!isIn) {
      return;
    }
    this.compare(
      `members that it sees in ${roomId}`,
      view.members[roomId] ?? [],
      room.userIds.filter((userId) => userId !== this.userId),
    );
    this.compare(`streams that it sees in ${roomId}, with mutes`, view.streams[roomId] ?? [], shown(false));
    // A client is not notified of its own changes.
    const isOwn = (key: string): boolean => actor.intents.hasSet(roomId, key);
    for (const [key, value] of [...room.attributes].filter(([name]) => !isOwn(name))) {
      this.compare(`attribute ${key} of ${roomId}`, view.attributes[roomId]?.[key] ?? '', value);
    }
  }
}

function describeStream(streamId: string, mutedKinds: readonly string[]): string {
  return [streamId, ...[...mutedKinds].sort()].join(' ');
}

function idsOf<Key extends string>(items: readonly Record<Key, string>[], key: Key): string[] {
  return items.map((item) => item[key]);
}

function toRooms(streams: readonly { streamId: string; roomIds: string[] }[]): string[] {
  return streams.map(({ roomIds, streamId }) => `${streamId} in ${[...roomIds].sort().join(' ')}`);
}

function describeRooms(streams: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  return toRooms([...streams].map(([streamId, roomIds]) => ({ streamId, roomIds: [...roomIds] })));
}
