import {
  type ClientEventData,
  type RoomAttribute,
  type RoomSnapshot,
  type User,
} from '@polyroom/contracts/client';
import {
  type AttributeInfo,
  type ClientEvents,
  type MoveOptions,
  type RoomStreamInfo,
} from '../client-types.js';
import { type Emitter } from '../emitter.js';
import { RoomStreams } from './room-streams.js';

type UserUpdate = ClientEventData<'room.userUpdate'>;
type StreamUpdate = ClientEventData<'room.streamUpdate'>;
type StreamMuted = ClientEventData<'room.streamMuted'>;
type StreamChanged = ClientEventData<'room.streamChanged'>;
type AttributesUpdate = ClientEventData<'room.attributesUpdate'>;

/** The client's view of one room: its members, streams and attributes, and how current they are. */
export class Room {
  state: 'joining' | 'joined' | 'reconnecting' = 'joining';
  /** A newer token that the servers do not have yet. */
  unsentToken: string | undefined;
  /** When the room lost its connection, in ms of `performance.now()`. */
  lostAtMs = 0;
  /** The pending login or recovery; a logout waits for it. Never rejects. */
  login: Promise<void> | undefined;
  /** The pending switch to another room. Never rejects. */
  leaving: Promise<void> | undefined;
  /** The user has left the room, was removed, or the login failed. */
  isOver = false;
  /** Whether the login was requested. Until then the session does not include this room. */
  isAsked = false;
  /** Settles when the login has been sent; later requests arrive after it. */
  readonly asked: Promise<void>;
  private settleAsked: () => void = () => {};
  private readonly users = new Map<string, User>();
  private readonly streams: RoomStreams;
  /** Known attributes by key, deleted ones included. Versions start again in another epoch of the room. */
  private readonly attributes = new Map<string, RoomAttribute & { roomEpoch: string }>();
  private roomEpoch = '';
  private seq = -1;
  /** Updates received before the login's response. */
  private early: (() => void)[] = [];

  constructor(
    readonly roomId: string,
    readonly user: User,
    readonly options: MoveOptions,
    private readonly events: Emitter<ClientEvents>,
  ) {
    this.streams = new RoomStreams(roomId, events);
    this.asked = new Promise((resolve) => {
      this.settleAsked = resolve;
    });
  }

  /** Settles `asked`. Idempotent. */
  noteAsked(): void {
    this.isAsked = true;
    this.settleAsked();
  }

  /** Runs a login or recovery; `login` is pending until it settles. A login may include a recovery. */
  async track<T>(work: () => Promise<T>): Promise<T> {
    let settle = (): void => {};
    const settled = new Promise<void>((resolve) => (settle = resolve));
    const former = this.login;
    const login = former === undefined ? settled : former.then(() => settled);
    this.login = login;
    try {
      return await work();
    } finally {
      if (this.login === login) {
        this.login = former;
      }
      settle();
    }
  }

  get userIds(): string[] {
    return [...this.users.keys()];
  }

  /** The known position of the room, for a resume. */
  get position(): { roomId: string; roomEpoch: string; seq: number } {
    return { roomId: this.roomId, roomEpoch: this.roomEpoch, seq: this.seq };
  }

  get members(): User[] {
    return [...this.users.values()];
  }

  get shownStreams(): RoomStreamInfo[] {
    return this.streams.all;
  }

  get streamIds(): string[] {
    return this.streams.ids;
  }

  /**
   * Applies the snapshot of a login's response and emits only the changes: everything after the first login,
   * the differences after a reconnection.
   */
  applySnapshot(snapshot: RoomSnapshot): void {
    this.roomEpoch = snapshot.roomEpoch;
    this.seq = snapshot.seq;
    const users = snapshot.members.filter(({ userId }) => userId !== this.user.userId);
    const streams = snapshot.streams.filter(({ user }) => user.userId !== this.user.userId);
    const userIds = new Set(users.map((user) => user.userId));
    const streamIds = new Set(streams.map((stream) => stream.streamId));
    this.streams.remove(
      this.streamIds.filter((streamId) => !streamIds.has(streamId)),
      5,
    );
    this.removeUsers(this.userIds.filter((userId) => !userIds.has(userId)));
    this.addUsers(users);
    streams.forEach((stream) => this.streams.change(stream));
    this.streams.add(streams);
    this.applyAttributes([...this.findDeleted(snapshot), ...snapshot.attributes]);
    this.applyEarly();
  }

  /** Applies the updates received before the room was entered, or entered again. */
  applyEarly(): void {
    const early = this.early;
    this.early = [];
    for (const work of early) {
      work();
    }
  }

  /** Runs `work` now, or once the login's response has arrived. */
  whenIn(work: () => void): void {
    if (this.state === 'joined') {
      work();
    } else {
      this.early.push(work);
    }
  }

  /** The servers accepted this token; it is used to log in again if the session is lost. */
  noteToken(token: string): void {
    this.options.token = token;
    this.unsentToken = undefined;
  }

  noteUnsentToken(token: string): void {
    this.options.token = token;
    this.unsentToken = token;
  }

  handleUserUpdate(update: UserUpdate): void {
    this.whenIn(() => this.applyUserUpdate(update));
  }

  handleStreamUpdate(update: StreamUpdate): void {
    this.whenIn(() => this.applyStreamUpdate(update));
  }

  handleStreamMuted(update: StreamMuted): void {
    this.whenIn(() => {
      if (this.isNews(update)) {
        const { kinds, streamId } = update;
        this.events.emit('streamMutedByOperator', { roomId: this.roomId, streamId, kinds });
        this.streams.muteByOperator(streamId, kinds);
      }
    });
  }

  handleStreamChanged(update: StreamChanged): void {
    this.whenIn(() => {
      if (this.isNews(update)) {
        this.streams.change(update.stream);
      }
    });
  }

  handleAttributesUpdate(update: AttributesUpdate): void {
    this.whenIn(() => {
      if (this.isNews(update)) {
        this.applyAttributes(update.attributes);
      }
    });
  }

  /**
   * Emits attributes that differ from the known ones; an empty value means that the attribute was deleted.
   */
  private applyAttributes(attributes: RoomAttribute[]): void {
    const changed = attributes.filter(({ key, version }) => {
      const known = this.attributes.get(key);
      return known?.roomEpoch !== this.roomEpoch || known.version < version;
    });
    this.noteAttributes(changed);
    if (changed.length > 0) {
      this.events.emit('attributesChanged', {
        roomId: this.roomId,
        attributes: changed.map(toAttributeInfo),
      });
    }
  }

  /** Attributes that this user set are not emitted again. */
  noteAttributes(attributes: RoomAttribute[]): void {
    const { roomEpoch } = this;
    attributes.forEach((attribute) => this.attributes.set(attribute.key, { ...attribute, roomEpoch }));
  }

  /** Attributes that a snapshot no longer lists, as deleted; not those that were set after it was taken. */
  private findDeleted({ attributes, roomEpoch, seq }: RoomSnapshot): RoomAttribute[] {
    const listed = new Set(attributes.map(({ key }) => key));
    return [...this.attributes.values()]
      .filter((known) => known.value !== '' && !listed.has(known.key))
      .filter((known) => known.roomEpoch !== roomEpoch || known.version < seq)
      .map((known) => ({ ...known, value: '', version: seq }));
  }

  private applyUserUpdate(update: UserUpdate): void {
    if (!this.isNews(update)) {
      return;
    }
    const users = update.users.filter(({ userId }) => userId !== this.user.userId);
    if (update.update === 'add') {
      this.addUsers(users);
    } else {
      this.removeUsers(users.map((user) => user.userId));
    }
  }

  private applyStreamUpdate(update: StreamUpdate): void {
    if (!this.isNews(update)) {
      return;
    }
    const streams = update.streams.filter(({ user }) => user.userId !== this.user.userId);
    if (update.update === 'add') {
      this.streams.add(streams);
    } else {
      this.streams.remove(
        streams.map((stream) => stream.streamId),
        update.reason ?? 1,
      );
    }
  }

  /** Discards updates received before the response of a new login. */
  forgetEarlyUpdates(): void {
    this.early = [];
  }

  private isNews(update: { roomEpoch: string; seq: number }): boolean {
    if (update.roomEpoch === this.roomEpoch && update.seq <= this.seq) {
      return false;
    }
    this.roomEpoch = update.roomEpoch;
    this.seq = update.seq;
    return true;
  }

  private addUsers(users: User[]): void {
    const added = users.filter((user) => !this.users.has(user.userId));
    for (const user of added) {
      this.users.set(user.userId, user);
    }
    this.tellUsers('membersJoined', added);
  }

  private removeUsers(userIds: string[]): void {
    const removed = userIds.flatMap((userId) => this.users.get(userId) ?? []);
    for (const user of removed) {
      this.users.delete(user.userId);
    }
    this.tellUsers('membersLeft', removed);
  }

  private tellUsers(event: 'membersJoined' | 'membersLeft', members: User[]): void {
    if (members.length > 0 && this.options.memberEvents !== false) {
      this.events.emit(event, { roomId: this.roomId, members });
    }
  }
}

function toAttributeInfo({ key, updatedAtMs, updatedByUserId, value }: RoomAttribute): AttributeInfo {
  return { key, value, updatedByUserId, updatedAtMs };
}
