import {
  ZegoExpressEngine,
  ZegoPublishChannel,
  ZegoPublisherState,
  ZegoRoomMode,
  ZegoRoomStateChangedReason,
  ZegoUpdateType,
} from '@polyroom/zego';
import { getById } from './dom.js';
import { attempt, log, showCode } from './notices.js';
import { type PageConfig } from './page-config.js';
import { RoomCard } from './room-card.js';
import { SidePanel } from './side-panel.js';
import { Tiles } from './tiles.js';

/** Reasons after which this user is no longer in the room. */
const endings = new Set([
  ZegoRoomStateChangedReason.LoginFailed,
  ZegoRoomStateChangedReason.ReconnectFailed,
  ZegoRoomStateChangedReason.KickOut,
  ZegoRoomStateChangedReason.Logout,
]);

const answers = new Set([ZegoRoomStateChangedReason.LoginFailed, ZegoRoomStateChangedReason.LogoutFailed]);

/** The page: one engine, a card per room, a tile per stream. It uses only the SDK's public API. */
export class Playground {
  private readonly side: SidePanel;
  private readonly tiles = new Tiles(getById('tiles'), (streamID) =>
    attempt('stopPlayingStream', () => this.engine?.stopPlayingStream(streamID)),
  );
  private readonly cards = new Map<string, RoomCard>();
  private engine: ZegoExpressEngine | undefined;
  private camera: MediaStream | undefined;
  /** Rooms that show this user's stream. */
  private ownRoomIDs: string[] = [];
  private ownStreamID: string | undefined;

  constructor(config: PageConfig) {
    this.side = new SidePanel(getById('side'), config, {
      setMode: (mode) => this.setMode(mode),
      destroyEngine: () => attempt('destroyEngine', () => this.destroyEngine()),
      openCamera: () => attempt('Camera', () => this.openCamera()),
      closeCamera: () => attempt('Camera', () => this.closeCamera()),
    });
    this.setMode(this.side.roomMode);
    getById<HTMLFormElement>('join').addEventListener('submit', (event) => {
      event.preventDefault();
      attempt('loginRoom', () => this.join(getById<HTMLInputElement>('join-room').value));
    });
    getById('leave-all').addEventListener('click', () =>
      attempt('logoutRoom', () => this.engine?.logoutRoom()),
    );
    this.showTotals();
  }

  private setMode(mode: ZegoRoomMode): boolean {
    let isSet = false;
    try {
      ZegoExpressEngine.setRoomMode(mode);
      isSet = true;
      log('setRoomMode', undefined, ZegoRoomMode[mode]);
    } catch (error) {
      attempt('setRoomMode', () => Promise.reject(error));
    }
    return isSet;
  }

  private async getEngine(): Promise<ZegoExpressEngine> {
    if (this.engine === undefined) {
      this.engine = await ZegoExpressEngine.createEngineWithProfile(this.side.settings);
      this.listen(this.engine);
      this.side.showEngine(true);
      log('createEngine', undefined, `AppID ${this.side.settings.appID}`);
    }
    return this.engine;
  }

  private async destroyEngine(): Promise<void> {
    await ZegoExpressEngine.destroyEngine();
    this.engine = undefined;
    this.tiles.clear();
    this.side.showEngine(false);
    log('destroyEngine', undefined, '');
    this.showTotals();
  }

  private listen(engine: ZegoExpressEngine): void {
    engine.on('roomStateChanged', (roomID, reason, errorCode, extendedData) => {
      log('roomStateChanged', roomID, `${ZegoRoomStateChangedReason[reason]} ${errorCode} ${extendedData}`);
      // Errors of a login or logout are shown by their caller.
      if (errorCode !== 0 && !answers.has(reason)) {
        showCode(errorCode, `${roomID}: ${ZegoRoomStateChangedReason[reason]}`);
      }
      this.handleRoomState(roomID, reason);
    });
    engine.on('roomUserUpdate', (roomID, updateType, users) => {
      log(
        'roomUserUpdate',
        roomID,
        `${ZegoUpdateType[updateType]} ${users.map((user) => user.userID).join(', ')}`,
      );
      const card = this.cards.get(roomID);
      for (const user of users) {
        if (updateType === ZegoUpdateType.Add) {
          card?.members.set(user.userID, user);
        } else {
          card?.members.delete(user.userID);
        }
      }
      card?.showMembers();
    });
    engine.on('roomStreamUpdate', (roomID, updateType, streams, extendedData) => {
      const names = streams.map((stream) => stream.streamID).join(', ');
      log('roomStreamUpdate', roomID, `${ZegoUpdateType[updateType]} ${names} ${extendedData}`);
      const card = this.cards.get(roomID);
      for (const stream of streams) {
        if (updateType === ZegoUpdateType.Add) {
          card?.streams.set(stream.streamID, stream);
        } else {
          // A played stream waits for its return until the user stops it.
          card?.streams.delete(stream.streamID);
        }
      }
      card?.showStreams(this.tiles.roomsOf);
    });
    engine.on('IMRecvBroadcastMessage', (roomID, messages) => {
      log('IMRecvBroadcastMessage', roomID, `${messages.length}`);
      messages.forEach((message) => this.cards.get(roomID)?.addMessage(message, false));
    });
    engine.on('publisherStateUpdate', ({ streamID, state, errorCode, roomIDs }) => {
      log(
        'publisherStateUpdate',
        roomIDs.join(', '),
        `${streamID} ${ZegoPublisherState[state]} ${errorCode}`,
      );
      if (errorCode !== 0 && state !== ZegoPublisherState.PublishRequesting) {
        showCode(errorCode, streamID);
      }
      if (state === ZegoPublisherState.NoPublish) {
        this.forgetEndedCamera();
      }
      this.ownRoomIDs = state === ZegoPublisherState.NoPublish ? [] : roomIDs;
      this.ownStreamID = state === ZegoPublisherState.NoPublish ? undefined : streamID;
      this.showOwn();
    });
    engine.on('playerStateUpdate', (info) => {
      log('playerStateUpdate', info.roomIDs.join(', '), `${info.streamID} ${info.state} ${info.errorCode}`);
      this.tiles.update(info);
      this.cards.forEach((card) => card.showStreams(this.tiles.roomsOf));
      this.showTotals();
    });
  }

  private handleRoomState(roomID: string, reason: ZegoRoomStateChangedReason): void {
    if (endings.has(reason)) {
      this.cards.get(roomID)?.root.remove();
      this.cards.delete(roomID);
    } else if (reason !== ZegoRoomStateChangedReason.LogoutFailed) {
      this.card(roomID).showState(reason);
    }
    this.showTotals();
  }

  private async join(roomID: string): Promise<void> {
    const engine = await this.getEngine();
    const { errorCode } = await engine.loginRoom(roomID, this.side.user, { isUserStatusNotify: true });
    if (errorCode !== 0) {
      showCode(errorCode, `loginRoom ${roomID}`);
      return;
    }
    const next = /^(.*?)(\d+)$/.exec(roomID);
    if (next !== null) {
      getById<HTMLInputElement>('join-room').value = `${next[1]}${Number(next[2]) + 1}`;
    }
  }

  private card(roomID: string): RoomCard {
    const existing = this.cards.get(roomID);
    if (existing !== undefined) {
      return existing;
    }
    const card = new RoomCard(roomID, {
      leave: (room) => attempt('logoutRoom', () => this.engine?.logoutRoom(room)),
      publish: (room) => attempt('Publish', () => this.publish(room)),
      unpublish: (room) =>
        attempt('unshareStream', () => this.engine?.unshareStream(this.ownStreamID ?? '', room)),
      play: (streamID, room) => attempt('startPlayingStream', () => this.play(streamID, room)),
      stop: (streamID, room) =>
        attempt('stopPlayingStream', () => this.engine?.stopPlayingStream(streamID, room)),
      send: (room, message) => this.send(room, message),
    });
    this.cards.set(roomID, card);
    getById('rooms').append(card.root);
    this.showOwn();
    return card;
  }

  /** The stream is published into the first room and shared into further ones. */
  private async publish(roomID: string): Promise<void> {
    const engine = await this.getEngine();
    if (this.ownStreamID !== undefined) {
      await engine.shareStream(this.ownStreamID, roomID);
      return;
    }
    const mediaStream = await this.openCamera();
    const streamID = `cam-${this.side.user.userID.replace(/[^0-9A-Za-z_-]/g, '_')}`;
    await engine.startPublishingStream(streamID, ZegoPublishChannel.Main, { roomID, mediaStream });
  }

  private async play(streamID: string, roomID: string): Promise<void> {
    const mediaStream = await this.engine?.startPlayingStream(streamID, undefined, { roomID });
    if (mediaStream !== undefined) {
      this.tiles.show(streamID, mediaStream);
    }
  }

  private async send(roomID: string, message: string): Promise<boolean> {
    const { errorCode } = (await this.engine?.sendBroadcastMessage(roomID, message)) ?? { errorCode: 0 };
    if (errorCode !== 0) {
      showCode(errorCode, 'sendBroadcastMessage');
      return false;
    }
    this.cards.get(roomID)?.addMessage({ message, fromUser: this.side.user }, true);
    return true;
  }

  private async openCamera(): Promise<MediaStream> {
    // Browsers omit it on pages served over plain http.
    const devices = navigator.mediaDevices as MediaDevices | undefined;
    if (devices === undefined) {
      throw new Error('Camera and microphone need a page that is loaded over https or from localhost.');
    }
    this.camera ??= await devices.getUserMedia({
      audio: true,
      video: { width: 640, height: 480 },
    });
    this.side.showCamera(this.camera);
    return this.camera;
  }

  /** An unplugged camera ends by itself: the next publication opens another one. */
  private forgetEndedCamera(): void {
    if (this.camera?.getTracks().every(({ readyState }) => readyState === 'ended')) {
      this.camera = undefined;
      this.side.showCamera(undefined);
    }
  }

  private async closeCamera(): Promise<void> {
    if (this.ownStreamID !== undefined) {
      await this.engine?.stopPublishingStream(this.ownStreamID);
    }
    this.camera?.getTracks().forEach((track) => track.stop());
    this.camera = undefined;
    this.side.showCamera(undefined);
  }

  private showOwn(): void {
    for (const card of this.cards.values()) {
      card.showShared(this.ownRoomIDs.includes(card.roomID), this.ownStreamID !== undefined);
    }
    this.showTotals();
  }

  private showTotals(): void {
    const dump = this.engine?.dump();
    const { send, recv } = dump?.peerConnections ?? { send: 0, recv: 0 };
    getById('totals').textContent = [
      count(dump?.rooms.length ?? 0, 'room'),
      count(dump?.sockets ?? 0, 'socket'),
      count(send + recv, 'peer connection'),
    ].join(' · ');
  }
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
