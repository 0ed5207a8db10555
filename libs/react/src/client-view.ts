import {
  type Client,
  type ClientEvents,
  type PolyroomError,
  type PublicationInfo,
  type ReceivedMessage,
  type RoomState,
  type RoomStateInfo,
  type RoomStreamInfo,
  type SubscriptionInfo,
  type User,
} from '@polyroom/sdk';

/** The state of one room. */
export interface RoomStatus {
  readonly roomId: string;
  readonly state: RoomState;
  /** Why the room was not entered, is reconnecting, or was left without `leave`. */
  readonly error: PolyroomError | undefined;
  /** The operator's text when the user was removed. */
  readonly reason: string | undefined;
  /** The room into which the application's server has moved the user. */
  readonly movedTo: string | undefined;
  /** Number of members, this user included, as the servers report it; undefined until they do. */
  readonly memberCount: number | undefined;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A message of a room's chat. */
export interface ChatMessage extends Readonly<ReceivedMessage> {
  readonly isOwn: boolean;
}

/** What is known of one room. A change replaces the object and the part that changed. */
export interface RoomView {
  readonly status: RoomStatus;
  /** Without this user. */
  readonly members: readonly User[];
  readonly streams: readonly RoomStreamInfo[];
  readonly messages: readonly ChatMessage[];
}

/** Messages that are kept for each room. */
const maxMessages = 500;

export const none: readonly never[] = [];
const noAttributes: Readonly<Record<string, string>> = {};

export function emptyStatus(roomId: string): RoomStatus {
  return {
    roomId,
    state: 'left',
    error: undefined,
    reason: undefined,
    movedTo: undefined,
    memberCount: undefined,
    attributes: noAttributes,
  };
}

/** Whether the user is in the room, or about to enter it. */
export function isPresent(status: Pick<RoomStatus, 'state'> | undefined): boolean {
  return status !== undefined && status.state !== 'left';
}

/** The state of a client as immutable values, for `useSyncExternalStore`. */
export class ClientView {
  private readonly listeners = new Set<() => void>();
  private readonly rooms = new Map<string, RoomView>();
  private readonly publications = new Map<string, PublicationInfo>();
  private readonly subscriptions = new Map<string, SubscriptionInfo>();
  private readonly blocked = new Set<string>();
  /** IDs of each room's deleted messages: a deletion may precede the acknowledgement of the user's own message. */
  private readonly deleted = new Map<string, Set<number>>();
  private presentRooms: readonly RoomStatus[] = none;
  private readonly removers: (() => void)[] = [];

  constructor(private readonly client: Client) {
    this.listen();
    const { publications, rooms, subscriptions } = client.dump();
    for (const { roomId, state } of rooms) {
      this.rooms.set(roomId, {
        status: { ...emptyStatus(roomId), state },
        members: client.members(roomId),
        streams: client.streams(roomId),
        messages: none,
      });
    }
    this.updatePresentRooms();
    publications.forEach((publication) => this.publications.set(publication.streamId, publication));
    subscriptions.forEach((subscription) => this.subscriptions.set(subscription.streamId, subscription));
  }

  /** Returns a function that removes the listener. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Undefined for a room that the client has never been in. */
  room(roomId: string): RoomView | undefined {
    return this.rooms.get(roomId);
  }

  /** The rooms that the user is in, or about to enter. */
  get present(): readonly RoomStatus[] {
    return this.presentRooms;
  }

  publication(streamId: string): PublicationInfo | undefined {
    return this.publications.get(streamId);
  }

  subscription(streamId: string): SubscriptionInfo | undefined {
    return this.subscriptions.get(streamId);
  }

  isBlocked(streamId: string): boolean {
    return this.blocked.has(streamId);
  }

  /** Whether the browser blocks the audio of any stream. */
  get hasBlocked(): boolean {
    return this.blocked.size > 0;
  }

  /** A join was refused. Most refusals are events too; those of wrong arguments are not. */
  noteRefusal(roomId: string, error: PolyroomError): void {
    if (!isPresent(this.rooms.get(roomId)?.status)) {
      this.changeStatus(roomId, { state: 'left', error });
    }
  }

  /** A publication failed, or one of its rooms refused it. */
  notePublicationError(streamId: string, error: PolyroomError): void {
    const known: PublicationInfo = this.publications.get(streamId) ?? {
      streamId,
      state: 'ended',
      roomIds: [],
    };
    this.publications.set(streamId, { ...known, error });
    this.notify();
  }

  /** Attributes that this client sets are not reported to it. */
  noteAttributes(roomId: string, changes: readonly { key: string; value: string }[]): void {
    const attributes = { ...this.rooms.get(roomId)?.status.attributes };
    for (const { key, value } of changes) {
      if (value === '') {
        delete attributes[key];
      } else {
        attributes[key] = value;
      }
    }
    this.changeStatus(roomId, { attributes });
  }

  /** Adds messages in the room's order, which their IDs have. Messages that are known already, or deleted, are skipped. */
  addMessages(roomId: string, added: readonly ChatMessage[]): void {
    const room = this.rooms.get(roomId);
    if (room === undefined || !isPresent(room.status)) {
      return;
    }
    const skipped = new Set(room.messages.map(({ messageId }) => messageId));
    this.deleted.get(roomId)?.forEach((messageId) => skipped.add(messageId));
    const messages = [...room.messages, ...added.filter(({ messageId }) => !skipped.has(messageId))]
      .sort((one, other) => one.messageId - other.messageId)
      .slice(-maxMessages);
    this.change(roomId, { messages });
  }

  private removeMessage(roomId: string, messageId: number): void {
    const deleted = this.deleted.get(roomId) ?? new Set();
    this.deleted.set(roomId, deleted.add(messageId));
    if (deleted.size > maxMessages) {
      const [oldest] = deleted;
      deleted.delete(oldest!);
    }
    const messages = this.rooms.get(roomId)?.messages.filter((message) => message.messageId !== messageId);
    if (messages !== undefined) {
      this.change(roomId, { messages });
    }
  }

  /** Idempotent. */
  close(): void {
    this.removers.splice(0).forEach((remove) => remove());
    this.listeners.clear();
  }

  private listen(): void {
    const { client } = this;
    const on = <Name extends keyof ClientEvents>(
      event: Name,
      listener: (...args: ClientEvents[Name]) => void,
    ): void => void this.removers.push(client.on(event, listener));
    on('roomStateChanged', (info) => this.handleRoomState(info));
    const updateMembers = ({ roomId }: { roomId: string }): void =>
      this.change(roomId, { members: client.members(roomId) });
    on('membersJoined', updateMembers);
    on('membersLeft', updateMembers);
    on('memberCountChanged', ({ count, roomId }) => this.changeStatus(roomId, { memberCount: count }));
    const updateStreams = ({ roomId }: { roomId: string }): void =>
      this.change(roomId, { streams: client.streams(roomId) });
    on('streamsAdded', updateStreams);
    on('streamsRemoved', updateStreams);
    on('streamChanged', updateStreams);
    on('attributesChanged', ({ attributes, roomId }) => this.noteAttributes(roomId, attributes));
    on('messagesReceived', ({ messages, roomId }) =>
      this.addMessages(
        roomId,
        messages.map((message) => ({ ...message, isOwn: false })),
      ),
    );
    on('messageDeleted', ({ messageId, roomId }) => this.removeMessage(roomId, messageId));
    on('publicationChanged', (info) => this.note(this.publications, info));
    on('subscriptionChanged', (info) => {
      if (info.state === 'ended') {
        this.blocked.delete(info.streamId);
      }
      this.note(this.subscriptions, info);
    });
    on('playbackBlocked', ({ streamId }) => {
      this.blocked.add(streamId);
      this.notify();
    });
    on('playbackUnblocked', ({ streamId }) => {
      this.blocked.delete(streamId);
      this.notify();
    });
  }

  private handleRoomState({ error, movedTo, reason, roomId, state }: RoomStateInfo): void {
    if (state === 'left') {
      // Nothing of a room that was left is known any more.
      this.deleted.delete(roomId);
      this.rooms.set(roomId, {
        status: { ...emptyStatus(roomId), error, movedTo, reason },
        members: none,
        streams: none,
        messages: none,
      });
      this.updatePresentRooms();
      this.notify();
    } else {
      this.changeStatus(roomId, { state, error, movedTo, reason });
    }
  }

  private note<Info extends PublicationInfo | SubscriptionInfo>(infos: Map<string, Info>, info: Info): void {
    if (info.state !== 'ended') {
      infos.set(info.streamId, info);
    } else if (info.error === undefined) {
      infos.delete(info.streamId);
    } else {
      // The last event names the rooms that showed it.
      infos.set(info.streamId, { ...info, roomIds: [] });
    }
    this.notify();
  }

  private changeStatus(roomId: string, changes: Partial<RoomStatus>): void {
    const status = { ...(this.rooms.get(roomId)?.status ?? emptyStatus(roomId)), ...changes };
    this.change(roomId, { status });
  }

  private change(roomId: string, changes: Partial<RoomView>): void {
    const known = this.rooms.get(roomId) ?? {
      status: emptyStatus(roomId),
      members: none,
      streams: none,
      messages: none,
    };
    this.rooms.set(roomId, { ...known, ...changes });
    if (changes.status !== undefined) {
      this.updatePresentRooms();
    }
    this.notify();
  }

  private updatePresentRooms(): void {
    this.presentRooms = [...this.rooms.values()].map(({ status }) => status).filter(isPresent);
  }

  private notify(): void {
    [...this.listeners].forEach((listener) => listener());
  }
}
