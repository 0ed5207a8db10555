import { SequentialData } from '../data/sequential-data.js';
import { Emitter } from '../emitter.js';
import { MediaSlot } from '../media/media-slot.js';
import { NetworkWatch } from '../media/network-watch.js';
import { QualityMonitor } from '../quality/quality-monitor.js';
import { Link } from '../signal/link.js';
import { ZegoError } from '../zego-error.js';
import {
  type ZegoEngineDump,
  type ZegoEngineProfile,
  type ZegoEvents,
  type ZegoRoomMode,
  ZegoUpdateType,
} from '../zego-types.js';
import { Messages } from './messages.js';
import { PageWatch } from './page-watch.js';
import { Playing } from './playing.js';
import { socketUrlsOf } from './profile.js';
import { Publishing } from './publishing.js';
import { ReceivedMessages } from './received-messages.js';
import { Recovery } from './recovery.js';
import { RoomChooser } from './room-chooser.js';
import { RoomMoves } from './room-moves.js';
import { RoomTokens } from './room-tokens.js';
import { Rooms } from './rooms.js';
import { SessionMedia } from './session-media.js';
import { Speakers } from './speakers.js';
import { Withdrawals } from './withdrawals.js';

/** Close codes from here on forbid a reconnect (`clientCloseCodes`). */
const firstFinalCloseCode = 4500;
const lastFinalCloseCode = 4999;
const defaultRetryTimeSeconds = 20 * 60;

/** Creates the parts of an engine and connects their events. */
export class EngineParts {
  /** The application's listeners. */
  readonly listeners = new Emitter<ZegoEvents>();
  private readonly events = new Emitter<ZegoEvents>(this.listeners);
  private readonly link: Link;
  private readonly slot = new MediaSlot();
  private readonly media: SessionMedia;
  readonly rooms: Rooms;
  readonly moves: RoomMoves;
  readonly tokens: RoomTokens;
  readonly publishing: Publishing;
  readonly playing: Playing;
  readonly data: SequentialData;
  readonly messages: Messages;
  private readonly received: ReceivedMessages;
  private readonly recovery: Recovery;
  readonly quality: QualityMonitor;
  private readonly network: NetworkWatch;
  private readonly page: PageWatch;

  constructor(profile: ZegoEngineProfile, mode: ZegoRoomMode) {
    this.link = new Link(socketUrlsOf(profile));
    const withdrawals = new Withdrawals(this.link, this.slot);
    this.rooms = new Rooms({
      mode,
      profile,
      link: this.link,
      events: this.events,
      onLogin: ({ media }) => this.media.note(media),
      onResumed: (resumed) => {
        withdrawals.handleResumed(
          resumed,
          (streamID) => this.publishing.roomsOf(streamID) ?? this.data.roomsOf(streamID),
        );
        this.media.resume(resumed.media);
      },
      onLeft: (roomID, code) => {
        this.publishing.handleRoomLeft(roomID, code);
        this.playing.handleRoomLeft(roomID, code);
        this.data.handleRoomLeft(roomID, code);
        this.received.handleRoomLeft(roomID);
      },
      onAllLeft: () => this.slot.empty(),
    });
    this.moves = new RoomMoves({
      mode,
      profile,
      link: this.link,
      rooms: this.rooms,
      events: this.events,
    });
    this.tokens = new RoomTokens(this.link, this.rooms, this.events);
    new Speakers(this.link, this.rooms, this.events);
    const chooser = new RoomChooser(mode, this.rooms);
    this.publishing = new Publishing(this.link, this.slot, this.rooms, chooser, this.events);
    this.playing = new Playing(this.link, this.slot, chooser, this.events, withdrawals);
    this.data = new SequentialData({
      link: this.link,
      slot: this.slot,
      rooms: this.rooms,
      chooser,
      events: this.events,
      withdrawals,
      isMediaStream: (streamID) =>
        [...this.publishing.dump(), ...this.playing.dump()].some((stream) => stream.streamID === streamID),
    });
    this.media = new SessionMedia({
      link: this.link,
      slot: this.slot,
      handlerFactory: profile.handlerFactory,
      move: (connection, isLost) =>
        Promise.allSettled([
          this.publishing.moveTo(connection),
          this.playing.moveTo(connection, isLost),
          this.data.moveTo(connection),
        ]),
      onBroken: () => this.rooms.renewMedia(),
    });
    this.messages = new Messages(this.link, this.rooms);
    this.received = new ReceivedMessages(this.link, this.rooms, this.events);
    this.recovery = new Recovery({
      link: this.link,
      rooms: this.rooms,
      budgetMs: (profile.roomRetryTimeSeconds ?? defaultRetryTimeSeconds) * 1000,
      onRecovered: (roomID) => {
        this.tokens.handleRecovered(roomID);
        this.publishing.restore(roomID);
        this.playing.restore(roomID);
        this.data.restore(roomID);
      },
    });
    this.quality = new QualityMonitor({
      slot: this.slot,
      events: this.events,
      publishing: () => this.publishing.dump(),
      playing: () => this.playing.dump(),
    });
    this.link.onLost = (closeCode) => this.handleLost(closeCode);
    this.events.on('roomStreamUpdate', (roomID, updateType, streams) => {
      for (const { streamID } of streams) {
        if (updateType === ZegoUpdateType.Add) {
          this.playing.handleStreamAdded(streamID, roomID);
        } else {
          this.playing.handleStreamRemoved(streamID);
        }
      }
    });
    this.network = new NetworkWatch(() => {
      this.slot.media?.handleNetworkChanged();
      this.recovery.hurry();
    });
    this.page = new PageWatch({
      onHidden: () => this.handlePageHidden(),
      onRestored: () => {
        this.rooms.restartRetryTime();
        this.recovery.start();
        this.recovery.hurry();
      },
    });
  }

  dump(): ZegoEngineDump {
    return {
      rooms: this.rooms.all.map(({ roomID, state, userIDs, streamIDs }) => ({
        roomID,
        state,
        users: userIDs,
        streams: streamIDs,
      })),
      publishing: this.publishing.dump(),
      playing: this.playing.dump(),
      peerConnections: this.slot.media?.countPeerConnections() ?? { send: 0, recv: 0 },
      sockets: this.link.isOpen ? 1 : 0,
    };
  }

  /** Call after all rooms have been left. */
  close(): void {
    this.recovery.stop();
    this.quality.stop();
    this.network.close();
    this.page.close();
    this.slot.empty();
    this.link.close();
    this.events.clear();
  }

  private handleLost(closeCode: number): void {
    if (closeCode >= firstFinalCloseCode && closeCode <= lastFinalCloseCode) {
      // The server forbids a reconnect. If it already reported the reason, no room is left to expel.
      this.rooms.expel(ZegoError.of('ROOM_SESSION_EXCEPTION_KICKED_OUT').code);
    }
    this.slot.expire();
    this.markLost();
    this.recovery.start();
  }

  /**
   * Leaves at once, so that the other members do not wait for the grace to expire. The browser may keep the
   * page in its back/forward cache; if it shows the page again, the rooms are entered again.
   */
  private handlePageHidden(): void {
    if (this.link.leave()) {
      this.rooms.forgetSession();
      this.slot.empty();
      this.markLost();
    }
  }

  private markLost(): void {
    this.publishing.handleConnectionLost();
    this.playing.handleConnectionLost();
    this.data.handleConnectionLost();
    this.received.handleLost();
    this.rooms.markLost();
  }
}
