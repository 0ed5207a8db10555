import { assertOptions, assertRuntime, platformOf, socketUrlsOf } from './client-options.js';
import { type ClientDump, type ClientEvents, type ClientOptions } from './client-types.js';
import { DataStreams } from './data/data-streams.js';
import { Emitter } from './emitter.js';
import { MediaSlot } from './media/media-slot.js';
import { SessionMedia } from './media/session-media.js';
import { Messages } from './messages/messages.js';
import { ReceivedMessages } from './messages/received-messages.js';
import { NetworkWatch } from './platform/network-watch.js';
import { PageWatch } from './platform/page-watch.js';
import { Playing } from './play/playing.js';
import { Withdrawals } from './play/withdrawals.js';
import { PolyroomError } from './polyroom-error.js';
import { Publishing } from './publish/publishing.js';
import { QualityMonitor } from './quality/quality-monitor.js';
import { Recovery } from './rooms/recovery.js';
import { RoomMoves } from './rooms/room-moves.js';
import { RoomTokens } from './rooms/room-tokens.js';
import { Rooms } from './rooms/rooms.js';
import { Speakers } from './rooms/speakers.js';
import { Link } from './signal/link.js';

/** Close codes from here on forbid a reconnect (`clientCloseCodes`). */
const firstFinalCloseCode = 4500;
const lastFinalCloseCode = 4999;
const defaultRetryTimeSeconds = 20 * 60;
const defaultMediaRetryTimeSeconds = 300;

/** Creates the parts of a client and connects their events. */
export class ClientParts {
  /** The application's listeners. */
  readonly listeners = new Emitter<ClientEvents>();
  private readonly events = new Emitter<ClientEvents>(this.listeners);
  private readonly link: Link;
  private readonly slot = new MediaSlot();
  private readonly media: SessionMedia;
  readonly rooms: Rooms;
  readonly moves: RoomMoves;
  readonly tokens: RoomTokens;
  readonly publishing: Publishing;
  readonly playing: Playing;
  readonly data: DataStreams;
  readonly messages: Messages;
  private readonly received: ReceivedMessages;
  private readonly recovery: Recovery;
  readonly quality: QualityMonitor;
  private readonly network: NetworkWatch;
  private readonly page: PageWatch;

  constructor(options: ClientOptions) {
    assertOptions(options);
    const platform = platformOf(options);
    assertRuntime(platform);
    this.link = new Link(socketUrlsOf(options), platform);
    const withdrawals = new Withdrawals(this.link, this.slot);
    this.rooms = new Rooms({
      client: options,
      link: this.link,
      events: this.events,
      onJoined: ({ media }) => this.media.note(media),
      onResumed: (resumed) => {
        withdrawals.handleResumed(
          resumed,
          (streamId) => this.publishing.roomsOf(streamId) ?? this.data.roomsOf(streamId),
        );
        this.publishing.handleResumed(resumed);
        this.data.handleResumed(resumed);
        this.media.resume(resumed.media);
      },
      onRecovered: (roomId) => {
        this.tokens.handleRecovered(roomId);
        this.publishing.restore(roomId);
        this.playing.restore(roomId);
        this.data.restore(roomId);
      },
      onUnwanted: (room) => this.moves.leaveUnanswered([room]),
      onLeft: (roomId, error) => {
        this.publishing.handleRoomLeft(roomId, error);
        this.playing.handleRoomLeft(roomId, error);
        this.data.handleRoomLeft(roomId, error);
        this.received.handleRoomLeft(roomId);
      },
      onTaken: ({ fromRoomId, roomId, streams }) =>
        streams.forEach(({ mutedKinds, streamId }) => {
          this.publishing.handleShared(streamId, roomId, mutedKinds, fromRoomId);
          this.data.handleShared(streamId, roomId);
        }),
      onAllLeft: () => {
        this.slot.empty();
        // A session that was left without a connection is ended with the next one.
        this.recovery.start();
      },
    });
    this.moves = new RoomMoves({
      client: options,
      link: this.link,
      rooms: this.rooms,
      events: this.events,
    });
    this.tokens = new RoomTokens(this.link, this.rooms, this.events, options);
    new Speakers(this.link, this.rooms, this.events);
    this.publishing = new Publishing(this.link, this.slot, this.rooms, this.events);
    this.playing = new Playing(this.link, this.slot, this.rooms, this.events, withdrawals, platform);
    this.data = new DataStreams({
      link: this.link,
      slot: this.slot,
      rooms: this.rooms,
      events: this.events,
      withdrawals,
      isMediaStream: (streamId) =>
        [...this.publishing.publications.dump(), ...this.playing.playbacks.dump()].some(
          (stream) => stream.streamId === streamId,
        ),
    });
    this.media = new SessionMedia({
      link: this.link,
      slot: this.slot,
      handlerFactory: platform.handlerFactory,
      move: (connection, isLost) =>
        Promise.allSettled([
          this.publishing.moveTo(connection),
          this.playing.moveTo(connection, isLost),
          this.data.moveTo(connection),
        ]),
      budgetMs: (options.mediaRetryTimeSeconds ?? defaultMediaRetryTimeSeconds) * 1000,
      onBroken: () => this.rooms.ticket.renewMedia(),
      onConnected: (direction) =>
        direction === 'send' ? this.publishing.handleConnected() : this.playing.handleConnected(),
      onInterrupted: () => {
        this.publishing.handleMediaInterrupted();
        this.playing.handleMediaInterrupted();
      },
      onGivenUp: () => {
        this.publishing.giveUp();
        this.playing.giveUp();
        this.data.giveUp();
      },
    });
    this.messages = new Messages(this.link, this.rooms, platform);
    this.received = new ReceivedMessages(this.link, this.rooms, this.events);
    this.recovery = new Recovery({
      link: this.link,
      rooms: this.rooms,
      budgetMs: (options.roomRetryTimeSeconds ?? defaultRetryTimeSeconds) * 1000,
    });
    this.quality = new QualityMonitor({
      slot: this.slot,
      events: this.events,
      publishing: () => this.publishing.publications.dump(),
      playing: () => this.playing.playbacks.dump(),
    });
    this.link.onLost = (closeCode) => this.handleLost(closeCode);
    this.events.on('streamsAdded', ({ roomId, streams }) => {
      streams.forEach(({ streamId }) => this.playing.handleStreamAdded(streamId, roomId));
    });
    this.events.on('streamsRemoved', ({ streams }) => {
      streams.forEach(({ streamId }) => this.playing.handleStreamRemoved(streamId));
    });
    this.network = new NetworkWatch({
      platform,
      onChanged: () => {
        this.slot.media?.handleNetworkChanged();
        this.link.doubt();
        this.recovery.hurry();
      },
      onDoubt: () => {
        this.link.doubt();
        this.recovery.hurry();
      },
    });
    this.page = new PageWatch({
      page: platform.page,
      onHidden: () => this.handlePageHidden(),
      onRestored: () => {
        this.rooms.restartRetryTime();
        this.recovery.start();
        this.recovery.hurry();
      },
    });
  }

  connect(): Promise<void> {
    return this.link.open();
  }

  dump(): ClientDump {
    return {
      rooms: this.rooms.all.map(({ roomId, state, userIds, streamIds }) => ({
        roomId,
        state,
        userIds,
        streamIds,
      })),
      publications: this.publishing.publications.dump(),
      subscriptions: this.playing.playbacks.dump(),
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
    this.playing.display.close();
    this.slot.empty();
    this.link.close();
    this.events.clear();
  }

  private handleLost(closeCode: number): void {
    if (closeCode >= firstFinalCloseCode && closeCode <= lastFinalCloseCode) {
      // The server forbids a reconnect. If it already reported the reason, no room is left to expel.
      this.rooms.expel(PolyroomError.of('ROOM_SESSION_EXCEPTION_KICKED_OUT'));
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
      this.rooms.ticket.forget();
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
