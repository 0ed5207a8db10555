import { assertText, illegalArgument } from '../arguments.js';
import { type MediaConnection } from '../media/media-connection.js';
import { ZegoError } from '../zego-error.js';
import { ZegoUpdateType } from '../zego-types.js';
import { DataBroadcasts } from './data-broadcasts.js';
import { DataSubscriptions } from './data-subscriptions.js';
import { ZegoRealTimeSequentialDataManager } from './sequential-data-manager.js';
import { type SequentialDataOptions } from './sequential-data-options.js';

/** The real-time sequential data of one engine: one manager per room; the rooms share the streams. */
export class SequentialData {
  private readonly managers = new Map<string, ZegoRealTimeSequentialDataManager>();
  private readonly broadcasts: DataBroadcasts;
  private readonly subscriptions: DataSubscriptions;

  constructor(private readonly options: SequentialDataOptions) {
    this.broadcasts = new DataBroadcasts(options);
    this.subscriptions = new DataSubscriptions(options, {
      onData: (roomID, data, streamID) => {
        const manager = this.managers.get(roomID);
        manager?.events.emit('receiveRealTimeSequentialData', manager, data, streamID);
      },
      onInterrupted: (roomID, streamID) => {
        const manager = this.managers.get(roomID);
        manager?.events.emit('realTimeSequentialDataInterrupted', manager, streamID);
      },
    });
    options.events.on('roomStreamUpdate', (roomID, updateType, streams) => {
      if (updateType === ZegoUpdateType.Add) {
        streams.forEach(({ streamID }) => this.subscriptions.handleStreamAdded(streamID, roomID));
      }
    });
  }

  create(roomID: string): ZegoRealTimeSequentialDataManager {
    assertText('roomId', roomID, 'roomID');
    this.options.rooms.assertEntering(roomID, 'ROOM_ROOMID_INCORRECT');
    if (this.managers.has(roomID)) {
      throw ZegoError.of('IM_MANAGER_CREATION_FAILED', { roomID });
    }
    const manager = new ZegoRealTimeSequentialDataManager(roomID, this.broadcasts, this.subscriptions);
    this.managers.set(roomID, manager);
    return manager;
  }

  /** Ends the broadcasts and subscriptions of a manager. */
  async destroy(manager: ZegoRealTimeSequentialDataManager): Promise<void> {
    if (!(manager instanceof ZegoRealTimeSequentialDataManager)) {
      throw illegalArgument('manager', 'expected what createRealTimeSequentialDataManager returned');
    }
    if (this.managers.get(manager.roomID) === manager) {
      this.managers.delete(manager.roomID);
      manager.end();
      await Promise.all([
        this.broadcasts.stopAll(manager.roomID),
        this.subscriptions.stopAll(manager.roomID),
      ]);
    }
  }

  /** The session has other transports. */
  async moveTo(media: MediaConnection): Promise<void> {
    await Promise.all([this.broadcasts.moveTo(media), this.subscriptions.moveTo(media)]);
  }

  /** The user is no longer in the room. The servers have already ended its broadcasts and subscriptions. */
  handleRoomLeft(roomID: string, code: number): void {
    this.broadcasts.handleRoomLeft(roomID, code);
    this.subscriptions.handleRoomLeft(roomID);
    this.managers.get(roomID)?.end();
    this.managers.delete(roomID);
  }

  /** The rooms of a stream that is broadcast here, if the session still carries it. */
  roomsOf(streamID: string): ReadonlySet<string> | undefined {
    return this.broadcasts.roomsOf(streamID);
  }

  handleConnectionLost(): void {
    this.subscriptions.handleConnectionLost();
  }

  /** A room was entered again in a new session. */
  restore(roomID: string): void {
    this.broadcasts.restore(roomID);
    this.subscriptions.restore(roomID);
  }
}
