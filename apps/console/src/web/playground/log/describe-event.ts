import {
  type Client,
  type ClientEvents,
  type MediaKind,
  type PolyroomError,
  type PublicationInfo,
  type RoomStateInfo,
  type RoomStreamInfo,
  type SubscriptionInfo,
  type User,
} from '@polyroom/sdk';
import { texts } from '../texts.js';

/** What the log says about an event. */
export interface Described {
  text: string;
  roomIds: readonly string[];
  isProblem: boolean;
}

const t = texts.log;

/** The events of a client that the log has, in words. An event without a description is left out. */
export const descriptions: {
  [Name in keyof ClientEvents]?: (...args: ClientEvents[Name]) => Described | undefined;
} = {
  roomStateChanged: (info) => describeRoom(info),
  membersJoined: ({ members, roomId }) => inRoom(roomId, t.joined(namesOf(members))),
  membersLeft: ({ members, roomId }) => inRoom(roomId, t.left(namesOf(members))),
  streamsAdded: ({ roomId, streams }) => inRoom(roomId, t.streamsAdded(describeStreams(streams))),
  streamsRemoved: ({ roomId, streams }) => inRoom(roomId, t.streamsRemoved(describeStreams(streams))),
  streamChanged: ({ former, roomId, stream }) =>
    former.mutedKinds.join() === stream.mutedKinds.join()
      ? inRoom(roomId, t.streamChanged(stream.streamId))
      : inRoom(roomId, t.mutes(stream.streamId, stream.mutedKinds)),
  attributesChanged: ({ attributes, roomId }) =>
    inRoom(
      roomId,
      attributes
        .map(({ key, value }) => (value === '' ? t.attributeDeleted(key) : t.attribute(key, value)))
        .join('; '),
    ),
  streamMutedByOperator: ({ kinds, roomId, streamId }) =>
    inRoom(roomId, t.operatorMutes(streamId, kinds), kinds.length > 0),
  tokenWillExpire: ({ remainingSeconds, roomId }) => inRoom(roomId, t.tokenExpires(remainingSeconds), true),
  publicationChanged: (info) => describePublication(info),
  subscriptionChanged: (info) => describeSubscription(info),
  playbackBlocked: ({ streamId }) => ({ text: t.blocked(streamId), roomIds: [], isProblem: true }),
  playbackUnblocked: ({ streamId }) => ({ text: t.unblocked(streamId), roomIds: [], isProblem: false }),
  messagesReceived: ({ messages, roomId }) =>
    inRoom(roomId, messages.map(({ from, text }) => t.message(from.userName, text)).join('; ')),
  droppableMessagesReceived: ({ messages, roomId }) =>
    inRoom(roomId, messages.map(({ from, text }) => t.barrage(from.userName, text)).join('; ')),
  commandReceived: ({ from, roomId, text }) => inRoom(roomId, t.command(from.userName, text)),
  messageDeleted: ({ roomId }) => inRoom(roomId, t.messageDeleted),
  messagesLost: ({ roomId }) => inRoom(roomId, t.messagesLost, true),
};

/** Passes the events of a client to the log. Returns a function that ends it. */
export function watchClient(client: Pick<Client, 'on'>, add: (described: Described) => void): () => void {
  const removers = (Object.keys(descriptions) as (keyof ClientEvents)[]).map((name) =>
    client.on(name, (...args) => {
      const describe = descriptions[name] as (...args: unknown[]) => Described | undefined;
      const described = describe(...args);
      if (described !== undefined) {
        add(described);
      }
    }),
  );
  return () => removers.forEach((remove) => remove());
}

function describeRoom({ change, error, movedFrom, movedTo, reason, roomId }: RoomStateInfo): Described {
  const why = [error === undefined ? '' : describeError(error), reason ?? ''].filter(Boolean).join(' ');
  const isProblem = error !== undefined;
  switch (change) {
    case 'joined':
      return inRoom(roomId, movedFrom === undefined ? t.rooms.joined : t.movedFrom(movedFrom));
    case 'removed':
      return inRoom(roomId, movedTo === undefined ? t.removed(why) : t.movedTo(movedTo), isProblem);
    default:
      return inRoom(roomId, why === '' ? t.rooms[change] : `${t.rooms[change]}: ${why}`, isProblem);
  }
}

function describePublication({
  endedKinds = [],
  error,
  interruptedKinds = [],
  roomIds,
  state,
  streamId,
}: PublicationInfo): Described {
  const kinds: MediaKind[] = [...endedKinds, ...interruptedKinds];
  const why = error === undefined ? '' : `: ${describeError(error)}`;
  const what = kinds.length > 0 ? t.kindsStopped(streamId, kinds) : t.publication[state](streamId);
  return { text: `${what}${why}`, roomIds, isProblem: error !== undefined };
}

function describeSubscription({ error, roomIds, state, streamId }: SubscriptionInfo): Described {
  const why = error === undefined ? '' : `: ${describeError(error)}`;
  return { text: `${t.subscription[state](streamId)}${why}`, roomIds, isProblem: error !== undefined };
}

export function describeError({ code, errorName, message }: PolyroomError): string {
  return `${code} ${errorName}. ${message}`;
}

function describeStreams(streams: readonly RoomStreamInfo[]): string {
  return streams.map(({ streamId, user }) => t.streamOf(streamId, user.userName)).join(', ');
}

function namesOf(members: readonly User[]): string {
  return members.map(({ userName }) => userName).join(', ');
}

function inRoom(roomId: string, text: string, isProblem = false): Described {
  return { text, roomIds: [roomId], isProblem };
}
