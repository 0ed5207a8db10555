import { Client, Emitter } from '@polyroom/sdk';
import { assertListener, illegalArgument } from '../shared/arguments.js';
import { defineAbsentCalls } from '../shared/zego-call.js';
import { toZegoError, translated, ZegoError } from '../shared/zego-error.js';
import { version } from '../shared/version.js';
import { DataManagers } from './data-managers.js';
import { EventHandlers, type ZegoEventHandler } from './event-handler.js';
import { nativeCalls } from './native-calls.js';
import { NativeMessages } from './native-messages.js';
import { NativeRooms } from './native-rooms.js';
import { NativeStreams } from './native-streams.js';
import { toZegoDump } from './native-dump.js';
import { emitNativeEvents } from './native-events.js';
import { NativeLocalMedia } from './native-local-media.js';
import { type ZegoRealTimeSequentialDataManager } from './sequential-data-manager.js';
import {
  type ZegoIMSendBarrageMessageResult,
  type ZegoIMSendBroadcastMessageResult,
  type ZegoIMSendCustomCommandResult,
  type ZegoIMSendToRoomResult,
  type ZegoRoomSendTransparentMessage,
  type ZegoRoomSendTransparentMessageResult,
} from './zego-message-types.js';
import { type ZegoSoundLevelConfig } from './zego-quality-types.js';
import {
  type ZegoCanvas,
  type ZegoEngineDump,
  type ZegoEngineProfile,
  type ZegoEvents,
  type ZegoPlayerConfig,
  ZegoPublishChannel,
  type ZegoPublisherConfig,
  type ZegoRoomConfig,
  type ZegoRoomLoginResult,
  type ZegoRoomLogoutResult,
  ZegoRoomMode,
  type ZegoRoomRenewTokenResult,
  type ZegoRoomSetRoomExtraInfoResult,
  type ZegoRoomStreamList,
} from './zego-types.js';
import { type ZegoUser } from './zego-user.js';

/**
 * The API of ZEGO Express's native SDKs over a Polyroom client. One engine is one user on one device: one
 * socket, at most one peer connection per direction, and any number of rooms.
 */
export class ZegoExpressEngine extends NativeLocalMedia {
  private static mode = ZegoRoomMode.SingleRoom;
  private static current: ZegoExpressEngine | undefined;

  protected readonly client: Client;
  private readonly events = new Emitter<ZegoEvents>();
  private readonly rooms: NativeRooms;
  protected readonly streams: NativeStreams;
  private readonly messages: NativeMessages;
  private readonly managers: DataManagers;
  private readonly handlers: EventHandlers;
  private destroyed = false;

  /** Sets the room mode of the next engine; throws 1001020 and changes nothing while an engine exists. */
  static setRoomMode(mode: ZegoRoomMode): void {
    if (ZegoExpressEngine.current !== undefined) {
      throw ZegoError.of('ENGINE_SET_ROOM_MODE_ERROR_TIME');
    }
    if (mode !== ZegoRoomMode.SingleRoom && mode !== ZegoRoomMode.MultiRoom) {
      throw illegalArgument('mode', 'expected ZegoRoomMode.SingleRoom (0) or ZegoRoomMode.MultiRoom (1)');
    }
    ZegoExpressEngine.mode = mode;
  }

  static async getVersion(): Promise<string> {
    return version;
  }

  /** Creates the engine, or returns the existing one. */
  static async createEngineWithProfile(profile: ZegoEngineProfile): Promise<ZegoExpressEngine> {
    ZegoExpressEngine.current ??= new ZegoExpressEngine(profile, ZegoExpressEngine.mode);
    return ZegoExpressEngine.current;
  }

  /** Leaves all rooms and releases all resources. Afterwards the room mode may be set again. */
  static async destroyEngine(): Promise<void> {
    const engine = ZegoExpressEngine.current;
    ZegoExpressEngine.current = undefined;
    await engine?.destroy();
  }

  /** The engine; throws 1000001 if there is none. */
  static get instance(): ZegoExpressEngine {
    if (ZegoExpressEngine.current === undefined) {
      throw ZegoError.of('COMMON_ENGINE_NOT_CREATE');
    }
    return ZegoExpressEngine.current;
  }

  private constructor(profile: ZegoEngineProfile, mode: ZegoRoomMode) {
    super();
    this.client = newClient(profile, mode);
    emitNativeEvents(this.client, this.events);
    this.streams = new NativeStreams(this.client, mode);
    this.rooms = new NativeRooms(this.client, this.events, (streamID) => this.streams.extraInfoOf(streamID));
    this.messages = new NativeMessages(this.client);
    this.managers = new DataManagers(this.client);
    this.handlers = new EventHandlers(this.events);
    defineAbsentCalls(this, nativeCalls);
  }

  on<Name extends keyof ZegoEvents>(event: Name, listener: (...args: ZegoEvents[Name]) => void): void {
    assertListener(listener);
    this.events.on(event, listener);
  }

  /** Removes one listener, or all listeners of the application if `listener` is omitted. */
  off<Name extends keyof ZegoEvents>(event: Name, listener?: (...args: ZegoEvents[Name]) => void): void {
    this.events.off(event, listener);
  }

  /** Enters a room. Never rejects: the result carries the error code, as in ZEGO's SDK. */
  async loginRoom(roomID: string, user: ZegoUser, config: ZegoRoomConfig = {}): Promise<ZegoRoomLoginResult> {
    return this.destroyed ? notCreated() : this.rooms.login(roomID, user, config);
  }

  /** Leaves one room, or all rooms if no ID is given. Never rejects. */
  async logoutRoom(roomID?: string): Promise<ZegoRoomLogoutResult> {
    return this.destroyed ? notCreated() : this.rooms.logout(roomID);
  }

  /** Leaves one room for another; streams of other rooms are not affected. Never rejects. */
  async switchRoom(
    fromRoomID: string,
    toRoomID: string,
    config: ZegoRoomConfig = {},
  ): Promise<ZegoRoomLoginResult> {
    return this.destroyed ? notCreated() : this.rooms.switch(fromRoomID, toRoomID, config);
  }

  /** Sets an attribute of the room for all its members; an empty value deletes it. Never rejects. */
  setRoomExtraInfo(roomID: string, key: string, value: string): Promise<ZegoRoomSetRoomExtraInfoResult> {
    return this.rooms.setExtraInfo(roomID, key, value);
  }

  /**
   * Replaces the token of a room, and of the other rooms that the new one names, before it expires
   * (`roomTokenWillExpire`) or to change the rights. Never rejects.
   */
  renewToken(roomID: string, token: string): Promise<ZegoRoomRenewTokenResult> {
    return this.rooms.renewToken(roomID, token);
  }

  /** Publishes on a channel into one room; `shareStream` adds further rooms. Rejects with a ZegoError. */
  async startPublishingStream(
    streamID: string,
    channel: ZegoPublishChannel = ZegoPublishChannel.Main,
    config?: ZegoPublisherConfig,
  ): Promise<void> {
    this.assertCreated();
    await this.streams.startPublishing(streamID, channel, config);
  }

  /** Stops by channel, as in ZEGO's native SDKs, or by stream ID, as in its Web SDK. */
  async stopPublishingStream(which: ZegoPublishChannel | string = ZegoPublishChannel.Main): Promise<void> {
    this.assertCreated();
    await this.streams.stopPublishing(which);
  }

  /** Shows a published stream in one more room, without a second encode or uplink. */
  async shareStream(streamID: string, roomID: string): Promise<void> {
    await translated(this.client.share(streamID, roomID));
  }

  async unshareStream(streamID: string, roomID: string): Promise<void> {
    await translated(this.client.unshare(streamID, roomID));
  }

  /** Mutes the audio of a channel in one room, or in all rooms if none is named. */
  async mutePublishStreamAudio(
    mute: boolean,
    channel: ZegoPublishChannel = ZegoPublishChannel.Main,
    roomID?: string,
  ): Promise<void> {
    this.assertCreated();
    await this.streams.mutePublishing('audio', mute, channel, roomID);
  }

  /** Mutes the video of a channel in one room, or in all rooms if none is named. */
  async mutePublishStreamVideo(
    mute: boolean,
    channel: ZegoPublishChannel = ZegoPublishChannel.Main,
    roomID?: string,
  ): Promise<void> {
    this.assertCreated();
    await this.streams.mutePublishing('video', mute, channel, roomID);
  }

  /** Plays a stream on behalf of a room; for another room the same MediaStream gets one more binding. */
  async startPlayingStream(
    streamID: string,
    view?: HTMLMediaElement | ZegoCanvas | null,
    config?: ZegoPlayerConfig,
  ): Promise<MediaStream> {
    this.assertCreated();
    return this.streams.startPlaying(streamID, view, config);
  }

  /** Mutes a played stream on this device, at once; it is then no longer received. */
  async mutePlayStreamAudio(streamID: string, mute: boolean): Promise<void> {
    await this.streams.mutePlaying(streamID, 'audio', mute);
  }

  async mutePlayStreamVideo(streamID: string, mute: boolean): Promise<void> {
    await this.streams.mutePlaying(streamID, 'video', mute);
  }

  /** Also for streams that are played later. */
  async muteAllPlayStreamAudio(mute: boolean): Promise<void> {
    await this.streams.muteAllPlaying('audio', mute);
  }

  async muteAllPlayStreamVideo(mute: boolean): Promise<void> {
    await this.streams.muteAllPlaying('video', mute);
  }

  /** Sets one object with ZEGO's callbacks (`onRoomStateChanged` …), or removes it with null. */
  setEventHandler(handler: ZegoEventHandler | null): void {
    this.handlers.set(handler);
  }

  /** The streams that a room shows: the user's own, and those of the other members. */
  async getRoomStreamList(roomID: string): Promise<ZegoRoomStreamList> {
    this.assertCreated();
    return this.rooms.getStreamList(roomID);
  }

  /** Stops playing for one room, or for all rooms if `roomID` is omitted. */
  async stopPlayingStream(streamID: string, roomID?: string): Promise<void> {
    await translated(this.client.unsubscribe(streamID, roomID));
  }

  /**
   * The message is stored once the result is 0. Like all send methods it never rejects: the result carries
   * the error code, as in ZEGO's SDK.
   */
  sendBroadcastMessage(roomID: string, message: string): Promise<ZegoIMSendBroadcastMessageResult> {
    return this.messages.sendBroadcast(roomID, message);
  }

  /** Sends the same message to several rooms at once, with one result per room. */
  sendBroadcastMessageToRooms(roomIDs: string[], message: string): Promise<ZegoIMSendToRoomResult[]> {
    return this.messages.sendBroadcastToRooms(roomIDs, message);
  }

  /** Sends a message that may be lost: it is dropped first under load. */
  sendBarrageMessage(roomID: string, message: string): Promise<ZegoIMSendBarrageMessageResult> {
    return this.messages.sendBarrage(roomID, message);
  }

  /** Sends to all devices of the given users, or to all members of the room if the list is empty. */
  sendCustomCommand(
    roomID: string,
    command: string,
    toUserList?: ZegoUser[],
  ): Promise<ZegoIMSendCustomCommandResult> {
    return this.messages.sendCustomCommand(roomID, command, toUserList);
  }

  /** Sends bytes to members, to the application's server, or to both. */
  sendTransparentMessage(
    roomID: string,
    message: ZegoRoomSendTransparentMessage,
  ): Promise<ZegoRoomSendTransparentMessageResult> {
    return this.messages.sendTransparent(roomID, message);
  }

  /**
   * The room's manager of real-time sequential data: one per room, valid until the room is left. Throws a
   * ZegoError.
   */
  createRealTimeSequentialDataManager(roomID: string): ZegoRealTimeSequentialDataManager {
    this.assertCreated();
    return this.managers.create(roomID);
  }

  /** Ends the broadcasts and subscriptions of a manager. */
  async destroyRealTimeSequentialDataManager(manager: ZegoRealTimeSequentialDataManager): Promise<void> {
    await this.managers.destroy(manager);
  }

  /** Starts emitting `soundLevelUpdate`, `remoteSoundLevelUpdate` and `capturedSoundLevelUpdate`. */
  startSoundLevelMonitor(config?: ZegoSoundLevelConfig): void {
    this.assertCreated();
    try {
      this.client.startAudioLevels(config?.millisecond);
    } catch (error) {
      throw toZegoError(error, { intervalMs: 'config.millisecond' });
    }
  }

  stopSoundLevelMonitor(): void {
    this.client.stopAudioLevels();
  }

  /** Same as `startSoundLevelMonitor`, with the signature of ZEGO's Web SDK. */
  setSoundLevelDelegate(enable: boolean, interval?: number): void {
    if (enable) {
      this.startSoundLevelMonitor(interval === undefined ? undefined : { millisecond: interval });
    } else {
      this.stopSoundLevelMonitor();
    }
  }

  /** Accepted without effect: see `nativeCalls`. */
  async enableHardwareEncoder(_enable: boolean): Promise<void> {}

  async enableHardwareDecoder(_enable: boolean): Promise<void> {}

  dump(): ZegoEngineDump {
    return toZegoDump(this.client.dump());
  }

  private async destroy(): Promise<void> {
    if (!this.destroyed) {
      await this.client.close();
      this.destroyed = true;
      this.closeLocalMedia();
      this.events.clear();
    }
  }

  protected assertCreated(): void {
    if (this.destroyed) {
      throw ZegoError.of('COMMON_ENGINE_NOT_CREATE');
    }
  }
}

function notCreated(): ZegoRoomLoginResult {
  return { errorCode: ZegoError.of('COMMON_ENGINE_NOT_CREATE').code, extendedData: '{}' };
}

function newClient(profile: ZegoEngineProfile, mode: ZegoRoomMode): Client {
  if (Object(profile) !== profile) {
    throw illegalArgument('profile', 'expected an object with appID and server');
  }
  const { appID, appSign, handlerFactory, platform, roomRetryTimeSeconds, server } = profile;
  try {
    return new Client({
      appId: appID,
      server,
      roomMode: mode === ZegoRoomMode.MultiRoom ? 'multi' : 'single',
      ...(appSign === undefined ? {} : { appSign }),
      ...(handlerFactory === undefined ? {} : { handlerFactory }),
      ...(platform === undefined ? {} : { platform }),
      ...(roomRetryTimeSeconds === undefined ? {} : { roomRetryTimeSeconds }),
    });
  } catch (error) {
    throw toZegoError(error);
  }
}
