import {
  type ClientEventData,
  type RoomAttribute,
  type RoomSnapshot,
  type RoomStream,
} from '@polyroom/contracts';
import { type Emitter } from '../emitter.js';
import {
  type ZegoEvents,
  type ZegoRoomConfig,
  type ZegoRoomExtraInfo,
  type ZegoStream,
  ZegoUpdateType,
} from '../zego-types.js';
import { type ZegoUser } from '../zego-user.js';

type UserUpdate = ClientEventData<'room.userUpdate'>;
type StreamUpdate = ClientEventData<'room.streamUpdate'>;
type StreamMuted = ClientEventData<'room.streamMuted'>;
type AttributesUpdate = ClientEventData<'room.attributesUpdate'>;

/** The client's view of one room: its members, streams and attributes, and how current they are. */
export class Room {
  state: 'logining' | 'logined' | 'reconnecting' = 'logining';
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
  private readonly users = new Map<string, ZegoUser>();
  private readonly streams = new Map<string, ZegoStream>();
  /** Reported attributes by key, with their versions. */
  private readonly versions = new Map<string, number>();
  private roomEpoch = '';
  private seq = -1;
  /** Updates received before the login's response. */
  private early: (() => void)[] = [];

  constructor(
    readonly roomID: string,
    readonly user: ZegoUser,
    readonly config: ZegoRoomConfig,
    private readonly events: Emitter<ZegoEvents>,
  ) {
    this.asked = new Promise((resolve) => {
      this.settleAsked = resolve;
    });
  }

  /** Settles `asked`. Idempotent. */
  noteAsked(): void {
    this.isAsked = true;
    this.settleAsked();
  }

  /** Runs a login or recovery; `login` is pending until it settles. */
  async track<T>(work: () => Promise<T>): Promise<T> {
    let settle = (): void => {};
    const login = new Promise<void>((resolve) => (settle = resolve));
    this.login = login;
    try {
      return await work();
    } finally {
      if (this.login === login) {
        this.login = undefined;
      }
      settle();
    }
  }

  get userIDs(): string[] {
    return [...this.users.keys()];
  }

  /** The known position of the room, for a resume. */
  get position(): { roomId: string; roomEpoch: string; seq: number } {
    return { roomId: this.roomID, roomEpoch: this.roomEpoch, seq: this.seq };
  }

  get streamIDs(): string[] {
    return [...this.streams.keys()];
  }

  /**
   * Applies the snapshot of a login's response and emits only the changes: everything after the first login,
   * the differences after a reconnection.
   */
  applySnapshot(snapshot: RoomSnapshot): void {
    this.roomEpoch = snapshot.roomEpoch;
    this.seq = snapshot.seq;
    const users = snapshot.members
      .filter((member) => member.userId !== this.user.userID)
      .map((member) => ({ userID: member.userId, userName: member.userName }));
    const streams = snapshot.streams
      .filter((stream) => stream.user.userId !== this.user.userID)
      .map(toZegoStream);
    const userIDs = new Set(users.map((user) => user.userID));
    const streamIDs = new Set(streams.map((stream) => stream.streamID));
    this.removeStreams(
      this.streamIDs.filter((streamID) => !streamIDs.has(streamID)),
      5,
    );
    this.removeUsers(this.userIDs.filter((userID) => !userIDs.has(userID)));
    this.addUsers(users);
    this.addStreams(streams);
    this.applyAttributes(snapshot.attributes);
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
    if (this.state === 'logined') {
      work();
    } else {
      this.early.push(work);
    }
  }

  /** The servers accepted this token; it is used to log in again if the session is lost. */
  noteToken(token: string): void {
    this.config.token = token;
    this.unsentToken = undefined;
  }

  noteUnsentToken(token: string): void {
    this.config.token = token;
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
        this.events.emit('roomStreamMuted', this.roomID, update.streamId, update.kinds);
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
  applyAttributes(attributes: RoomAttribute[]): void {
    const changed = attributes.filter(({ key, version }) => (this.versions.get(key) ?? 0) < version);
    changed.forEach(({ key, version }) => this.versions.set(key, version));
    if (changed.length > 0) {
      this.events.emit('roomExtraInfoUpdate', this.roomID, changed.map(toZegoRoomExtraInfo));
    }
  }

  /** Attributes set by this user are not emitted again. */
  noteOwnAttributes(attributes: RoomAttribute[]): void {
    attributes.forEach(({ key, version }) => this.versions.set(key, version));
  }

  private applyUserUpdate(update: UserUpdate): void {
    if (!this.isNews(update)) {
      return;
    }
    const users = update.users
      .filter((user) => user.userId !== this.user.userID)
      .map((user) => ({ userID: user.userId, userName: user.userName }));
    if (update.update === 'add') {
      this.addUsers(users);
    } else {
      this.removeUsers(users.map((user) => user.userID));
    }
  }

  private applyStreamUpdate(update: StreamUpdate): void {
    if (!this.isNews(update)) {
      return;
    }
    const streams = update.streams
      .filter((stream) => stream.user.userId !== this.user.userID)
      .map(toZegoStream);
    if (update.update === 'add') {
      this.addStreams(streams);
    } else {
      this.removeStreams(
        streams.map((stream) => stream.streamID),
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

  private addUsers(users: ZegoUser[]): void {
    const added = users.filter((user) => !this.users.has(user.userID));
    for (const user of added) {
      this.users.set(user.userID, user);
    }
    this.tellUsers(ZegoUpdateType.Add, added);
  }

  private removeUsers(userIDs: string[]): void {
    const removed = userIDs.flatMap((userID) => this.users.get(userID) ?? []);
    for (const user of removed) {
      this.users.delete(user.userID);
    }
    this.tellUsers(ZegoUpdateType.Delete, removed);
  }

  private tellUsers(updateType: ZegoUpdateType, users: ZegoUser[]): void {
    if (users.length > 0 && this.config.isUserStatusNotify === true) {
      this.events.emit('roomUserUpdate', this.roomID, updateType, users);
    }
  }

  private addStreams(streams: ZegoStream[]): void {
    const added = streams.filter((stream) => !this.streams.has(stream.streamID));
    for (const stream of added) {
      this.streams.set(stream.streamID, stream);
    }
    if (added.length > 0) {
      this.events.emit('roomStreamUpdate', this.roomID, ZegoUpdateType.Add, added, '');
    }
  }

  private removeStreams(streamIDs: string[], reason: number): void {
    const removed = streamIDs.flatMap((streamID) => this.streams.get(streamID) ?? []);
    for (const stream of removed) {
      this.streams.delete(stream.streamID);
    }
    if (removed.length > 0) {
      const extendedData = JSON.stringify({
        stream_delete_reason: removed.map(({ streamID }) => ({ streamID, reason })),
      });
      this.events.emit('roomStreamUpdate', this.roomID, ZegoUpdateType.Delete, removed, extendedData);
    }
  }
}

function toZegoRoomExtraInfo(attribute: RoomAttribute): ZegoRoomExtraInfo {
  return {
    key: attribute.key,
    value: attribute.value,
    updateUser: { userID: attribute.updatedByUserId, userName: '' },
    updateTime: attribute.updatedAtMs,
  };
}

function toZegoStream(stream: RoomStream): ZegoStream {
  return {
    user: { userID: stream.user.userId, userName: stream.user.userName },
    streamID: stream.streamId,
    extraInfo: stream.extraInfo,
    ...(stream.kinds.includes('data') ? { isData: true } : {}),
  };
}
