import {
  Client,
  type ClientOptions,
  Emitter,
  type PublicationQuality,
  type SubscriptionQuality,
} from '@polyroom/sdk';
import { DataManagers } from '../native/data-managers.js';
import { NativeMessages } from '../native/native-messages.js';
import { type ZegoRealTimeSequentialDataManager } from '../native/sequential-data-manager.js';
import { type ZegoRoomSendTransparentMessage } from '../native/zego-message-types.js';
import { type ZegoEvents } from '../native/zego-types.js';
import { type ZegoUser } from '../native/zego-user.js';
import { assertListener } from '../shared/arguments.js';
import { assertKnown } from '../shared/known-options.js';
import { version } from '../shared/version.js';
import { absentError, defineAbsentCalls } from '../shared/zego-call.js';
import { describe, toZegoError, translated } from '../shared/zego-error.js';
import { webCalls } from './web-calls.js';
import { emitWebEvents } from './web-events.js';
import { type LocalStream, WebLocalMedia } from './web-local-media.js';
import { toPlayStats, toPublishStats, type ZegoPlayStats, type ZegoPublishStats } from './web-quality.js';
import { respond, toResponse } from './web-response.js';
import { WebStreams } from './web-streams.js';
import {
  type ZegoServerResponse,
  type ZegoWebEvents,
  type ZegoWebPlayOption,
  type ZegoWebPublishOption,
  type ZegoWebRoomConfig,
} from './web-types.js';
import { toMediaStream } from './zego-local-stream.js';

/** The API of ZEGO Express's Web SDK over a Polyroom client. */
export class ZegoExpressEngine extends WebLocalMedia {
  protected client: Client;
  private readonly options: ClientOptions;
  protected streams!: WebStreams;
  private messages!: NativeMessages;
  private managers!: DataManagers;
  private isMultiRoom = false;
  private hasLoggedIn = false;
  private readonly sentQuality = new Map<string, PublicationQuality>();
  private readonly playedQuality = new Map<string, SubscriptionQuality>();

  /** `server`: the addresses of gateways. `options` of the core, such as `appSign`, are a Polyroom extension. */
  constructor(appID: number, server: string | string[], options: Partial<ClientOptions> = {}) {
    super();
    this.options = { roomMode: 'single', ...options, appId: appID, server };
    this.client = this.open();
    defineAbsentCalls(this, webCalls);
  }

  /** Call it before the first login, once. */
  enableMultiRoom(enable: boolean): boolean {
    if (this.hasLoggedIn || this.isMultiRoom) {
      return false;
    }
    this.isMultiRoom = enable;
    if (enable) {
      void this.client.close();
      this.options.roomMode = 'multi';
      this.client = this.open();
    }
    return true;
  }

  /** Resolves to true, or rejects with a ZegoError. */
  async loginRoom(
    roomID: string,
    token: string,
    user: ZegoUser,
    config: ZegoWebRoomConfig = {},
  ): Promise<boolean> {
    this.hasLoggedIn = true;
    const { userID, userName = userID } = Object(user) as ZegoUser;
    assertRoomConfig(config);
    const { maxMemberCount, userUpdate = false } = config;
    const joining = this.client.join(roomID, {
      user: { userId: userID, userName },
      memberEvents: userUpdate,
      ...(token ? { token } : {}),
      ...(maxMemberCount === undefined ? {} : { maxMembers: maxMemberCount }),
    });
    await translated(joining);
    return true;
  }

  async switchRoom(
    fromRoomID: string,
    toRoomID: string,
    config: ZegoWebRoomConfig & { token?: string } = {},
  ): Promise<boolean> {
    assertRoomConfig(config);
    const { maxMemberCount, token, userUpdate } = config;
    const moving = this.client.move(fromRoomID, toRoomID, {
      ...(userUpdate === undefined ? {} : { memberEvents: userUpdate }),
      ...(token ? { token } : {}),
      ...(maxMemberCount === undefined ? {} : { maxMembers: maxMemberCount }),
    });
    await translated(moving);
    return true;
  }

  /** Leaves one room, or all; the outcome follows in `roomStateChanged`. */
  logoutRoom(roomID?: string): void {
    this.client.leave(roomID).catch((error: unknown) => {
      const failure = toZegoError(error);
      this.events.emit('roomStateChanged', roomID ?? '', 'LOGOUT_FAILED', failure.code, describe(failure));
    });
  }

  renewToken(token: string, roomID?: string): boolean {
    const roomIds = roomID === undefined ? this.client.dump().rooms.map(({ roomId }) => roomId) : [roomID];
    roomIds.forEach((roomId) => void this.client.renewToken(roomId, token).catch(() => undefined));
    return roomIds.length > 0;
  }

  on<Name extends keyof ZegoWebEvents>(
    event: Name,
    listener: (...args: ZegoWebEvents[Name]) => void,
  ): boolean {
    assertListener(listener);
    this.events.on(event, listener);
    return true;
  }

  off<Name extends keyof ZegoWebEvents>(
    event: Name,
    listener?: (...args: ZegoWebEvents[Name]) => void,
  ): boolean {
    this.events.off(event, listener);
    return true;
  }

  startPublishingStream(
    streamID: string,
    localStream: LocalStream,
    publishOption?: ZegoWebPublishOption,
  ): boolean {
    const mediaStream = toMediaStream(localStream);
    return this.streams.publish(streamID, mediaStream, publishOption, this.maxBitratesOf(mediaStream));
  }

  stopPublishingStream(streamID: string): boolean {
    return this.streams.unpublish(streamID);
  }

  /** Needs no room: plays in the rooms that show the stream, or will show it. */
  startPlayingStream(streamID: string, playOption?: ZegoWebPlayOption): Promise<MediaStream> {
    return this.streams.play(streamID, playOption);
  }

  stopPlayingStream(streamID: string): void {
    void this.client.unsubscribe(streamID).catch(() => undefined);
  }

  mutePublishStreamAudio(localStream: LocalStream, mute: boolean): boolean {
    return this.streams.mutePublish(toMediaStream(localStream), 'audio', mute);
  }

  mutePublishStreamVideo(localStream: LocalStream, mute: boolean): boolean {
    return this.streams.mutePublish(toMediaStream(localStream), 'video', mute);
  }

  muteMicrophone(mute: boolean): boolean {
    return this.streams.muteMicrophone(mute);
  }

  isMicrophoneMuted(): boolean {
    return this.streams.isMicrophoneMuted;
  }

  mutePlayStreamAudio(streamID: string, mute: boolean): Promise<boolean> {
    return this.streams.mutePlay(streamID, 'audio', mute);
  }

  mutePlayStreamVideo(streamID: string, mute: boolean): Promise<boolean> {
    return this.streams.mutePlay(streamID, 'video', mute);
  }

  /** Of a simulcast video: 0 the smallest layer, 1 the largest one, 2 by the network. */
  setPlayStreamVideoType(streamID: string, streamType: number): Promise<boolean> {
    return this.streams.choosePlayLayer(streamID, streamType);
  }

  /** The members of all rooms of the stream get the text: `streamExtraInfoUpdate`. */
  setStreamExtraInfo(streamID: string, extraInfo: string): Promise<ZegoServerResponse> {
    return respond(this.streams.setExtraInfo(streamID, extraInfo));
  }

  async muteAllPlayAudioStreams(mute: boolean): Promise<boolean> {
    return this.streams.muteAllPlay('audio', mute);
  }

  async muteAllPlayVideoStreams(mute: boolean): Promise<boolean> {
    return this.streams.muteAllPlay('video', mute);
  }

  async sendBroadcastMessage(
    roomID: string,
    message: string,
  ): Promise<ZegoServerResponse & { messageID: number }> {
    const { messageID, ...result } = await this.messages.sendBroadcast(roomID, message);
    return { ...toResponse(result), messageID };
  }

  async sendBarrageMessage(
    roomID: string,
    message: string,
  ): Promise<ZegoServerResponse & { messageID: string }> {
    const { messageID, ...result } = await this.messages.sendBarrage(roomID, message);
    return { ...toResponse(result), messageID };
  }

  /** To the users with these IDs, or to all members if the list is empty. */
  async sendCustomCommand(
    roomID: string,
    command: string,
    toUserIDList: string[] = [],
  ): Promise<ZegoServerResponse> {
    const users = Array.isArray(toUserIDList)
      ? toUserIDList.map((userID) => ({ userID, userName: '' }))
      : toUserIDList;
    return toResponse(await this.messages.sendCustomCommand(roomID, command, users));
  }

  async sendTransparentMessage(
    roomID: string,
    message: ZegoRoomSendTransparentMessage,
  ): Promise<ZegoServerResponse> {
    return toResponse(await this.messages.sendTransparent(roomID, message));
  }

  setRoomExtraInfo(roomID: string, key: string, value: string): Promise<ZegoServerResponse> {
    return respond(this.client.setAttribute(roomID, key, value));
  }

  createRealTimeSequentialDataManager(roomID: string): ZegoRealTimeSequentialDataManager {
    return this.managers.create(roomID);
  }

  destroyRealTimeSequentialDataManager(manager: ZegoRealTimeSequentialDataManager): void {
    void this.managers.destroy(manager).catch(() => undefined);
  }

  setSoundLevelDelegate(enable: boolean, interval?: number): void {
    try {
      if (enable) {
        this.client.startAudioLevels(interval);
      } else {
        this.client.stopAudioLevels();
      }
    } catch (error) {
      throw toZegoError(error, { intervalMs: 'interval' });
    }
  }

  /** The last figures of `publishQualityUpdate`; null before the first ones. */
  getPublishingStreamQuality(streamID: string): ZegoPublishStats | null {
    const quality = this.sentQuality.get(streamID);
    return quality === undefined ? null : toPublishStats(quality);
  }

  /** The last figures of `playQualityUpdate`; null before the first ones. */
  getPlayingStreamQuality(streamID: string): ZegoPlayStats | null {
    const quality = this.playedQuality.get(streamID);
    return quality === undefined ? null : toPlayStats(quality);
  }

  getVersion(): string {
    return version;
  }

  destroyEngine(): void {
    this.closeLocalMedia();
    void this.client.close().then(() => this.events.clear());
  }

  /** Accepted without effect: see `webCalls`. */
  setLogConfig(_config?: unknown): boolean {
    return true;
  }

  presetLogConfig(_config?: unknown): boolean {
    return true;
  }

  static presetLogConfig(_config?: unknown): boolean {
    return true;
  }

  static setEngineOptions(_options?: unknown): void {}

  // These are static in ZEGO's SDK; absent here.

  static use(): never {
    throw absentError('use', webCalls);
  }

  static setGeoFence(): never {
    throw absentError('setGeoFence', webCalls);
  }

  static setCloudProxyConfig(): never {
    throw absentError('setCloudProxyConfig', webCalls);
  }

  static setLocalProxyConfig(): never {
    throw absentError('setLocalProxyConfig', webCalls);
  }

  setDebugVerbose(_enable?: boolean): void {}

  setEngineConfig(_config?: unknown): void {}

  setEngineOptions(_options?: unknown): void {}

  setRoomScenario(_scenario?: unknown): boolean {
    return true;
  }

  enableDualStream(_localStream?: unknown): void {}

  enableHardwareEncoder(_enable?: boolean): void {}

  protected publishedFrom(mediaStream: MediaStream): string[] {
    return this.streams.publishedFrom(mediaStream);
  }

  private open(): Client {
    let client: Client;
    try {
      client = new Client(this.options);
    } catch (error) {
      throw toZegoError(error);
    }
    emitWebEvents(client, new Emitter<ZegoEvents>(), this.events);
    client.on('publicationQuality', ({ quality, streamId }) => this.sentQuality.set(streamId, quality));
    client.on('subscriptionQuality', ({ quality, streamId }) => this.playedQuality.set(streamId, quality));
    client.on(
      'publicationChanged',
      ({ state, streamId }) => state === 'ended' && this.sentQuality.delete(streamId),
    );
    client.on(
      'subscriptionChanged',
      ({ state, streamId }) => state === 'ended' && this.playedQuality.delete(streamId),
    );
    this.streams = new WebStreams(
      client,
      () => this.isMultiRoom,
      (streamID, error, roomID) =>
        this.events.emit('publisherStateUpdate', {
          streamID,
          state: 'NO_PUBLISH',
          errorCode: error.code,
          extendedData: describe(error),
          roomIDs: roomID === undefined ? [] : [roomID],
        }),
    );
    this.messages = new NativeMessages(client);
    this.managers = new DataManagers(client);
    return client;
  }
}

function assertRoomConfig(config: ZegoWebRoomConfig): void {
  assertKnown(config, 'config', ['maxMemberCount', 'token', 'userUpdate']);
}
