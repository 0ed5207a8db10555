import { type ZegoRealTimeSequentialDataManager } from '../data/sequential-data-manager.js';
import { assertListener, illegalArgument } from '../arguments.js';
import { toFailure, ZegoError } from '../zego-error.js';
import {
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
  type ZegoStreamSource,
} from '../zego-types.js';
import { type ZegoUser } from '../zego-user.js';
import {
  type ZegoIMSendBarrageMessageResult,
  type ZegoIMSendBroadcastMessageResult,
  type ZegoIMSendCustomCommandResult,
  type ZegoIMSendToRoomResult,
  type ZegoRoomSendTransparentMessage,
  type ZegoRoomSendTransparentMessageResult,
} from '../zego-message-types.js';
import { EngineParts } from './engine-parts.js';
import { assertProfile, assertRuntime } from './profile.js';
import { capture } from '../media/capture.js';
import { type ZegoSoundLevelConfig } from '../quality/zego-quality-types.js';

/**
 * ZEGO Express API on top of Polyroom. One engine is one user on one device: one socket, at most one peer
 * connection per direction, and any number of rooms.
 */
export class ZegoExpressEngine {
  private static mode = ZegoRoomMode.SingleRoom;
  private static current: ZegoExpressEngine | undefined;

  private readonly parts: EngineParts;
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

  /** Creates the engine, or returns the existing one. */
  static async createEngineWithProfile(profile: ZegoEngineProfile): Promise<ZegoExpressEngine> {
    if (ZegoExpressEngine.current === undefined) {
      assertProfile(profile);
      assertRuntime();
      ZegoExpressEngine.current = new ZegoExpressEngine(profile, ZegoExpressEngine.mode);
    }
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
    this.parts = new EngineParts(profile, mode);
  }

  on<Name extends keyof ZegoEvents>(event: Name, listener: (...args: ZegoEvents[Name]) => void): void {
    assertListener(listener);
    this.parts.listeners.on(event, listener);
  }

  /** Removes one listener, or all listeners of the application if `listener` is omitted. */
  off<Name extends keyof ZegoEvents>(event: Name, listener?: (...args: ZegoEvents[Name]) => void): void {
    this.parts.listeners.off(event, listener);
  }

  /** Enters a room. Never rejects: the result carries the error code, as in ZEGO's SDK. */
  loginRoom(roomID: string, user: ZegoUser, config: ZegoRoomConfig = {}): Promise<ZegoRoomLoginResult> {
    return this.destroyed ? notCreated() : this.parts.moves.login(roomID, user, config);
  }

  /** Leaves one room, or all rooms if no ID is given. Never rejects. */
  logoutRoom(roomID?: string): Promise<ZegoRoomLogoutResult> {
    return this.destroyed ? notCreated() : this.parts.moves.logout(roomID);
  }

  /** Leaves one room for another; streams of other rooms are not affected. Never rejects. */
  switchRoom(
    fromRoomID: string,
    toRoomID: string,
    config: ZegoRoomConfig = {},
  ): Promise<ZegoRoomLoginResult> {
    return this.destroyed ? notCreated() : this.parts.moves.switch(fromRoomID, toRoomID, config);
  }

  /** Sets an attribute of the room for all its members; an empty value deletes it. Never rejects. */
  setRoomExtraInfo(roomID: string, key: string, value: string): Promise<ZegoRoomSetRoomExtraInfoResult> {
    return this.destroyed
      ? Promise.resolve(notCreatedFailure)
      : this.parts.rooms.setExtraInfo(roomID, key, value);
  }

  /**
   * Replaces the token of a room, and of the other rooms that the new one names, before it expires
   * (`roomTokenWillExpire`) or to change the rights. Never rejects.
   */
  renewToken(roomID: string, token: string): Promise<ZegoRoomRenewTokenResult> {
    return this.destroyed ? Promise.resolve(notCreatedFailure) : this.parts.tokens.renew(roomID, token);
  }

  /** Captures camera and microphone, the screen, or a source of the application. Rejects with a ZegoError. */
  createStream(source: ZegoStreamSource = {}): Promise<MediaStream> {
    return capture(source);
  }

  /** Stops the tracks of a stream that `createStream` returned. */
  destroyStream(mediaStream: MediaStream): void {
    mediaStream.getTracks().forEach((track) => track.stop());
  }

  /** Sets what `startPublishingStream` sends on this channel if its config names no stream. */
  setLocalStream(mediaStream: MediaStream | undefined, channel = ZegoPublishChannel.Main): void {
    this.parts.publishing.setLocalStream(mediaStream, channel);
  }

  /** Publishes on a channel into one room; `shareStream` adds further rooms. Rejects with a ZegoError. */
  async startPublishingStream(
    streamID: string,
    channel: ZegoPublishChannel = ZegoPublishChannel.Main,
    config?: ZegoPublisherConfig,
  ): Promise<void> {
    this.assertCreated();
    await this.parts.publishing.start(streamID, channel, config);
  }

  /** Stops by channel, as in ZEGO's native SDKs, or by stream ID, as in its Web SDK. */
  async stopPublishingStream(which: ZegoPublishChannel | string = ZegoPublishChannel.Main): Promise<void> {
    this.assertCreated();
    await this.parts.publishing.stop(which);
  }

  /**
   * Replaces the track of its kind in a stream, or adds it: a camera that is turned on during an audio-only
   * stream reaches its current viewers. Rejects with a ZegoError.
   */
  async replaceTrack(mediaStream: MediaStream, track: MediaStreamTrack): Promise<void> {
    this.assertCreated();
    await this.parts.publishing.replaceTrack(mediaStream, track);
  }

  /** Shows a published stream in one more room, without a second encode or uplink. */
  async shareStream(streamID: string, roomID: string): Promise<void> {
    this.assertCreated();
    await this.parts.publishing.share(streamID, roomID);
  }

  async unshareStream(streamID: string, roomID: string): Promise<void> {
    this.assertCreated();
    await this.parts.publishing.unshare(streamID, roomID);
  }

  /** Mutes the audio of a channel in one room, or in all rooms if none is named. */
  async mutePublishStreamAudio(
    mute: boolean,
    channel: ZegoPublishChannel = ZegoPublishChannel.Main,
    roomID?: string,
  ): Promise<void> {
    this.assertCreated();
    await this.parts.publishing.mute('audio', mute, channel, roomID);
  }

  /** Mutes the video of a channel in one room, or in all rooms if none is named. */
  async mutePublishStreamVideo(
    mute: boolean,
    channel: ZegoPublishChannel = ZegoPublishChannel.Main,
    roomID?: string,
  ): Promise<void> {
    this.assertCreated();
    await this.parts.publishing.mute('video', mute, channel, roomID);
  }

  /** Plays a stream on behalf of a room; for another room the same MediaStream gets one more binding. */
  async startPlayingStream(
    streamID: string,
    view?: HTMLMediaElement | null,
    config?: ZegoPlayerConfig,
  ): Promise<MediaStream> {
    this.assertCreated();
    return this.parts.playing.start(streamID, view, config);
  }

  /** Stops playing for one room, or for all rooms if `roomID` is omitted. */
  async stopPlayingStream(streamID: string, roomID?: string): Promise<void> {
    this.assertCreated();
    await this.parts.playing.stop(streamID, roomID);
  }

  /**
   * The message is stored once the result is 0. Like all send methods it never rejects: the result carries
   * the error code, as in ZEGO's SDK.
   */
  async sendBroadcastMessage(roomID: string, message: string): Promise<ZegoIMSendBroadcastMessageResult> {
    return this.destroyed
      ? { ...notCreatedFailure, messageID: 0 }
      : this.parts.messages.sendBroadcast(roomID, message);
  }

  /** Sends the same message to several rooms at once, with one result per room. */
  async sendBroadcastMessageToRooms(roomIDs: string[], message: string): Promise<ZegoIMSendToRoomResult[]> {
    return this.destroyed
      ? roomIDs.map((roomID) => ({ roomID, ...notCreatedFailure, messageID: 0 }))
      : this.parts.messages.sendBroadcastToRooms(roomIDs, message);
  }

  /** Sends a message that may be lost: it is dropped first under load. */
  async sendBarrageMessage(roomID: string, message: string): Promise<ZegoIMSendBarrageMessageResult> {
    return this.destroyed
      ? { ...notCreatedFailure, messageID: '' }
      : this.parts.messages.sendBarrage(roomID, message);
  }

  /** Sends to all devices of the given users, or to all members of the room if the list is empty. */
  async sendCustomCommand(
    roomID: string,
    command: string,
    toUserList?: ZegoUser[],
  ): Promise<ZegoIMSendCustomCommandResult> {
    return this.destroyed
      ? notCreatedFailure
      : this.parts.messages.sendCustomCommand(roomID, command, toUserList);
  }

  /** Sends bytes to members, to the application's server, or to both. */
  async sendTransparentMessage(
    roomID: string,
    message: ZegoRoomSendTransparentMessage,
  ): Promise<ZegoRoomSendTransparentMessageResult> {
    return this.destroyed ? notCreatedFailure : this.parts.messages.sendTransparent(roomID, message);
  }

  /**
   * The room's manager of real-time sequential data: one per room, valid until the room is left. Throws a
   * ZegoError.
   */
  createRealTimeSequentialDataManager(roomID: string): ZegoRealTimeSequentialDataManager {
    this.assertCreated();
    return this.parts.data.create(roomID);
  }

  /** Ends the broadcasts and subscriptions of a manager. */
  async destroyRealTimeSequentialDataManager(manager: ZegoRealTimeSequentialDataManager): Promise<void> {
    await this.parts.data.destroy(manager);
  }

  /** Starts emitting `soundLevelUpdate`, `remoteSoundLevelUpdate` and `capturedSoundLevelUpdate`. */
  startSoundLevelMonitor(config?: ZegoSoundLevelConfig): void {
    this.assertCreated();
    this.parts.quality.startSoundLevels(config);
  }

  stopSoundLevelMonitor(): void {
    this.parts.quality.stopSoundLevels();
  }

  /** Same as `startSoundLevelMonitor`, with the signature of ZEGO's Web SDK. */
  setSoundLevelDelegate(enable: boolean, interval?: number): void {
    if (enable) {
      this.startSoundLevelMonitor(interval === undefined ? undefined : { millisecond: interval });
    } else {
      this.stopSoundLevelMonitor();
    }
  }

  dump(): ZegoEngineDump {
    return this.parts.dump();
  }

  private async destroy(): Promise<void> {
    if (!this.destroyed) {
      await this.parts.moves.logout();
      this.destroyed = true;
      this.parts.close();
    }
  }

  private assertCreated(): void {
    if (this.destroyed) {
      throw ZegoError.of('COMMON_ENGINE_NOT_CREATE');
    }
  }
}

const notCreatedFailure = toFailure(ZegoError.of('COMMON_ENGINE_NOT_CREATE'));

function notCreated(): Promise<ZegoRoomLoginResult> {
  return Promise.resolve({ errorCode: notCreatedFailure.errorCode, extendedData: '{}' });
}
