import { type Client } from '@polyroom/sdk';
import { assertText, illegalArgument } from '../shared/arguments.js';
import { translated, ZegoError } from '../shared/zego-error.js';
import { ZegoRealTimeSequentialDataManager } from './sequential-data-manager.js';

/** The managers of real-time sequential data: one per room, until the room is left. */
export class DataManagers {
  private readonly managers = new Map<string, ZegoRealTimeSequentialDataManager>();

  constructor(private readonly client: Client) {
    client.on('roomStateChanged', ({ roomId, state }) => {
      if (state === 'left') {
        this.managers.get(roomId)?.end();
        this.managers.delete(roomId);
      }
    });
    client.on('dataReceived', ({ data, roomId, streamId }) => {
      const manager = this.managers.get(roomId);
      manager?.events.emit('receiveRealTimeSequentialData', manager, data, streamId);
    });
    client.on('dataInterrupted', ({ roomId, streamId }) => {
      const manager = this.managers.get(roomId);
      manager?.events.emit('realTimeSequentialDataInterrupted', manager, streamId);
    });
  }

  create(roomID: string): ZegoRealTimeSequentialDataManager {
    assertText('roomId', roomID, 'roomID');
    const { rooms } = this.client.dump();
    if (rooms.length === 0) {
      throw ZegoError.of('COMMON_NOT_LOGIN_ROOM');
    }
    if (rooms.every(({ roomId }) => roomId !== roomID)) {
      throw ZegoError.of('ROOM_ROOMID_INCORRECT', { roomID });
    }
    if (this.managers.has(roomID)) {
      throw ZegoError.of('IM_MANAGER_CREATION_FAILED', { roomID });
    }
    const manager = new ZegoRealTimeSequentialDataManager(roomID, this.client);
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
      await translated(this.client.data.stopAll(manager.roomID));
    }
  }
}
