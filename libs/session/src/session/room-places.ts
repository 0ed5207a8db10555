import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus, type BusSubscription } from '@polyroom/bus';
import { roomPlaced } from '@polyroom/contracts';
import { RoomFanout } from '../rooms/room-fanout.js';
import { MediaNodes } from '../media/media-nodes.js';

/** The number of cached rooms; the one reported longest ago is dropped first. */
const mostRooms = 100_000;

/**
 * Chooses the media node of a new session near the people of its first room, those at other gateways too:
 * each gateway says where it has placed the first comer of a room. What is not known costs a pipe, no more.
 */
@Injectable()
export class RoomPlaces implements OnModuleInit, OnModuleDestroy {
  private readonly nodeIdByRoom = new Map<string, string>();
  private subscription: BusSubscription | undefined;

  constructor(
    private readonly bus: Bus,
    private readonly nodes: MediaNodes,
    private readonly fanout: RoomFanout,
  ) {}

  onModuleInit(): void {
    this.subscription = this.bus.subscribe(roomPlaced, {}, ({ appId, nodeId, roomId }) =>
      this.note(`${appId}:${roomId}`, nodeId),
    );
  }

  onModuleDestroy(): void {
    this.subscription?.close();
  }

  async choose(appId: number, roomId: string): Promise<string> {
    const key = `${appId}:${roomId}`;
    const known = this.nodeIdByRoom.get(key);
    const company = this.fanout.nodeIdsOf(appId, roomId);
    const nodeId = await this.nodes.chooseOrWait(known === undefined ? company : [...company, known]);
    if (nodeId !== this.nodeIdByRoom.get(key)) {
      this.note(key, nodeId);
      this.bus.publish(roomPlaced, {}, { appId, roomId, nodeId });
    }
    return nodeId;
  }

  private note(key: string, nodeId: string): void {
    this.nodeIdByRoom.delete(key);
    this.nodeIdByRoom.set(key, nodeId);
    if (this.nodeIdByRoom.size > mostRooms) {
      const [oldest] = this.nodeIdByRoom.keys();
      this.nodeIdByRoom.delete(oldest!);
    }
  }
}
