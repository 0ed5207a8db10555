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
 * The face of ZEGO Express over Polyroom. One engine is one user on one device: one socket, at most one
 * peer connection each way, and any number of rooms.
 */
export class ZegoExpressEngine {
  private static mode = ZegoRoomMode.SingleRoom;
  private static current: ZegoExpressEngine | undefined;

  private readonly parts: EngineParts;
  private destroyed = false;

  /** Chooses the mode of engines to come; throws 1001020 and changes nothing while there is an engine. */
  static setRoomMode(mode: ZegoRoomMode): void {
    if (ZegoExpressEngine.current !== undefined) {
      throw ZegoError.of('ENGINE_SET_ROOM_MODE_ERROR_TIME');
    }
    if (mode !== ZegoRoomMode.SingleRoom && mode !== ZegoRoomMode.MultiRoom) {
      throw illegalArgument('mode', 'expected ZegoRoomMode.SingleRoom (0) or ZegoRoomMode.MultiRoom (1)');
    }
    ZegoExpressEngine.mode = mode;
  }

  /** Creates the engine, or returns the one that is there. */
  static async createEngineWithProfile(profile: ZegoEngineProfile): Promise<ZegoExpressEngine> {
    if (ZegoExpressEngine.current === undefined) {
      assertProfile(profile);
      assertRuntime();
      ZegoExpressEngine.current = new ZegoExpressEngine(profile, ZegoExpressEngine.mode);
    }
    return ZegoExpressEngine.current;
  }

  /** Leaves all rooms and lets go of everything. The room mode may be set again afterwards. */
  static async destroyEngine(): Promise<void> {
    const engine = ZegoExpressEngine.current;
    ZegoExpressEngine.current = undefined;
    await engine?.destroy();
  }

  /** The engine; throws 1000001 where there is none. */
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

  /** Removes one listener, or all of the application's where it is left out. */
  off<Name extends keyof ZegoEvents>(event: Name, listener?: (...args: ZegoEvents[Name]) => void): void {
    this.parts.listeners.off(event, listener);
  }

  /** Enters a room. Never rejects: the result carries the code, as with ZEGO. */
  loginRoom(roomID: string, user: ZegoUser, config: ZegoRoomConfig = {}): Promise<ZegoRoomLoginResult> {
    return this.destroyed ? notCreated() : this.parts.moves.login(roomID, user, config);
  }

  /** Leaves one room, or all where no ID is given. Never rejects. */
  logoutRoom(roomID?: string): Promise<ZegoRoomLogoutResult> {
    return this.destroyed ? notCreated() : this.parts.moves.logout(roomID);
  }

  /** Leaves one room for another; only the rooms' own streams are touched. Never rejects. */
  switchRoom(
    fromRoomID: string,
    toRoomID: string,
    config: ZegoRoomConfig = {},
  ): Promise<ZegoRoomLoginResult> {
    return this.destroyed ? notCreated() : this.parts.moves.switch(fromRoomID, toRoomID, config);
  }

  /** Notes something for all members of a room; an empty value takes it away. Never rejects. */
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

  /** Opens camera and microphone, the screen, or a source of the application. Rejects with a ZegoError. */
  createStream(source: ZegoStreamSource = {}): Promise<MediaStream> {
    return capture(source);
  }

  /** Stops the tracks of a stream that `createStream` made. */
  destroyStream(mediaStream: MediaStream): void {
    mediaStream.getTracks().forEach((track) => track.stop());
  }

  /** What `startPublishingStream` sends on this channel where its config names no stream. */
  setLocalStream(mediaStream: MediaStream | undefined, channel = ZegoPublishChannel.Main): void {
    this.parts.publishing.setLocalStream(mediaStream, channel);
  }

  /** Publishes on a channel into one room; `shareStream` shows it in others. Rejects with a ZegoError. */
  async startPublishingStream(
    streamID: string,
    channel: ZegoPublishChannel = ZegoPublishChannel.Main,
    config?: ZegoPublisherConfig,
  ): Promise<void> {
    this.assertCreated();
    await this.parts.publishing.start(streamID, channel, config);
  }

  /** Stops by channel, as ZEGO's native SDKs do, or by stream ID, as its Web SDK does. */
  async stopPublishingStream(which: ZegoPublishChannel | string = ZegoPublishChannel.Main): Promise<void> {
    this.assertCreated();
    await this.parts.publishing.stop(which);
  }

  /**
   * Replaces the track of its kind in a stream, or adds it: a camera that is switched on while only sound is
   * being published reaches those who play it already. Rejects with a ZegoError.
   */
  async replaceTrack(mediaStream: MediaStream, track: MediaStreamTrack): Promise<void> {
    this.assertCreated();
    await this.parts.publishing.replaceTrack(mediaStream, track);
  }

  /** Shows a stream that is being published in one more room: no second encode, no second uplink. */
  async shareStream(streamID: string, roomID: string): Promise<void> {
    this.assertCreated();
    await this.parts.publishing.share(streamID, roomID);
  }

  async unshareStream(streamID: string, roomID: string): Promise<void> {
    this.assertCreated();
    await this.parts.publishing.unshare(streamID, roomID);
  }

  /** Keeps the sound of a channel from one room, or from all where none is named. */
  async mutePublishStreamAudio(
    mute: boolean,
    channel: ZegoPublishChannel = ZegoPublishChannel.Main,
    roomID?: string,
  ): Promise<void> {
    this.assertCreated();
    await this.parts.publishing.mute('audio', mute, channel, roomID);
  }

  /** Keeps the picture of a channel from one room, or from all where none is named. */
  async mutePublishStreamVideo(
    mute: boolean,
    channel: ZegoPublishChannel = ZegoPublishChannel.Main,
    roomID?: string,
  ): Promise<void> {
    this.assertCreated();
    await this.parts.publishing.mute('video', mute, channel, roomID);
  }

  /** Plays a stream on behalf of a room; in a further room the same MediaStream gets one more binding. */
  async startPlayingStream(
    streamID: string,
    view?: HTMLMediaElement | null,
    config?: ZegoPlayerConfig,
  ): Promise<MediaStream> {
    this.assertCreated();
    return this.parts.playing.start(streamID, view, config);
  }

  /** Stops playing for one room, or for all where it is left out. */
  async stopPlayingStream(streamID: string, roomID?: string): Promise<void> {
    this.assertCreated();
    await this.parts.playing.stop(streamID, roomID);
  }

  /** Stored once the result says 0. Never rejects: the result carries the code, as with ZEGO; so do the others. */
  async sendBroadcastMessage(roomID: string, message: string): Promise<ZegoIMSendBroadcastMessageResult> {
    return this.destroyed
      ? { ...notCreatedFailure, messageID: 0 }
      : this.parts.messages.sendBroadcast(roomID, message);
  }

  /** The same message in several rooms at once, with a result for each. */
  async sendBroadcastMessageToRooms(roomIDs: string[], message: string): Promise<ZegoIMSendToRoomResult[]> {
    return this.destroyed
      ? roomIDs.map((roomID) => ({ roomID, ...notCreatedFailure, messageID: 0 }))
      : this.parts.messages.sendBroadcastToRooms(roomIDs, message);
  }

  /** A message that may be lost: the first to go under load. */
  async sendBarrageMessage(roomID: string, message: string): Promise<ZegoIMSendBarrageMessageResult> {
    return this.destroyed
      ? { ...notCreatedFailure, messageID: '' }
      : this.parts.messages.sendBarrage(roomID, message);
  }

  /** To these users on all their devices; to everybody in the room where the list is empty. */
  async sendCustomCommand(
    roomID: string,
    command: string,
    toUserList?: ZegoUser[],
  ): Promise<ZegoIMSendCustomCommandResult> {
    return this.destroyed
      ? notCreatedFailure
      : this.parts.messages.sendCustomCommand(roomID, command, toUserList);
  }

  /** Bytes to members, to the application's server, or to both. */
  async sendTransparentMessage(
    roomID: string,
    message: ZegoRoomSendTransparentMessage,
  ): Promise<ZegoRoomSendTransparentMessageResult> {
    return this.destroyed ? notCreatedFailure : this.parts.messages.sendTransparent(roomID, message);
  }

  /**
   * The manager of real-time sequential data of a room: one per room, for as long as one is in it. Throws a
   * ZegoError.
   */
  createRealTimeSequentialDataManager(roomID: string): ZegoRealTimeSequentialDataManager {
    this.assertCreated();
    return this.parts.data.create(roomID);
  }

  /** Ends what a manager broadcasts and subscribes to. */
  async destroyRealTimeSequentialDataManager(manager: ZegoRealTimeSequentialDataManager): Promise<void> {
    await this.parts.data.destroy(manager);
  }

  /** From now on `soundLevelUpdate`, `remoteSoundLevelUpdate` and `capturedSoundLevelUpdate` come. */
  startSoundLevelMonitor(config?: ZegoSoundLevelConfig): void {
    this.assertCreated();
    this.parts.quality.startSoundLevels(config);
  }

  stopSoundLevelMonitor(): void {
    this.parts.quality.stopSoundLevels();
  }

  /** The same in the words of ZEGO's Web SDK. */
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
