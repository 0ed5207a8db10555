import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus, type BusSubscription } from '@polyroom/bus';
import {
  type MessagePosition,
  messagingRpc,
  roomFact,
  type RoomMessage,
  roomMessage,
  roomSpeaker,
} from '@polyroom/contracts';
import { GaugeShare } from '@polyroom/observability';
import { type Logger } from 'pino';
import { sessionMetrics } from '../session-metrics.js';
import { LOGGER } from '@polyroom/nest-service';
import { LocalRoom } from './local-room.js';
import { type RoomListener } from './room-listener.js';
import { type RoomSubscription } from './room-subscription.js';

interface RoomEntry {
  room: LocalRoom;
  subscriptions: BusSubscription[];
}

/**
 * Subscribes to rooms that have members on this gateway: three bus subscriptions per room, regardless of its
 * members.
 */
@Injectable()
export class RoomFanout implements OnModuleInit, OnModuleDestroy {
  private readonly rooms = new Map<string, RoomEntry>();
  private readonly count = new GaugeShare(sessionMetrics.rooms);
  private isClosing = false;

  constructor(
    private readonly bus: Bus,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Creates the room subscription of a login. It must exist before the request to the room service. */
  subscribe(appId: number, roomId: string, listener: RoomListener): RoomSubscription {
    const key = `${appId}:${roomId}`;
    const entry = this.rooms.get(key) ?? this.openRoom(key, appId, roomId);
    return entry.room.subscribe(listener);
  }

  /** The room's messages after a position, if this gateway has them. */
  findMessagesAfter(
    appId: number,
    roomId: string,
    position: MessagePosition,
  ): ReturnType<LocalRoom['findMessagesAfter']> {
    return this.rooms.get(`${appId}:${roomId}`)?.room.findMessagesAfter(position);
  }

  /** The media nodes of a room's members on this gateway. */
  nodeIdsOf(appId: number, roomId: string): string[] {
    return this.rooms.get(`${appId}:${roomId}`)?.room.nodeIds ?? [];
  }

  onModuleInit(): void {
    this.bus.onReconnect((awayMs) => {
      for (const { room } of this.rooms.values()) {
        room.handleBusReturned(awayMs);
      }
    });
  }

  onModuleDestroy(): void {
    this.isClosing = true;
    for (const key of [...this.rooms.keys()]) {
      this.closeRoom(key);
    }
  }

  private openRoom(key: string, appId: number, roomId: string): RoomEntry {
    const subscriptions = [
      this.bus.subscribe(roomFact, { appId, roomId }, ({ fact }) => room.handleFact(fact)),
      this.bus.subscribe(roomMessage, { appId, roomId }, (message) => {
        observeDelay(message);
        room.handleMessage(message);
      }),
      this.bus.subscribe(roomSpeaker, { appId, roomId }, (speaker) => room.handleSpeaker(speaker)),
    ];
    // Requests from here on follow the bus subscriptions, so no resulting event is missed.
    const room = new LocalRoom(roomId, {
      onGap: (kind, from, to) => {
        sessionMetrics.sequenceGaps.inc({ kind }, to - from + 1);
        this.logger.warn({ appId, roomId, kind, from, to }, 'numbers are missing in a room');
      },
      onEmpty: () => this.closeRoom(key),
      readHistory: ({ epoch, seq, messageId, awayMs }, limit) =>
        this.bus.request(messagingRpc.readHistory, {
          appId,
          roomId,
          epoch,
          sinceSeq: seq,
          ...(messageId === undefined ? {} : { sinceMessageId: messageId }),
          awayMs: Math.round(awayMs),
          limit,
        }),
    });
    const entry = { room, subscriptions };
    this.rooms.set(key, entry);
    this.count.set(this.rooms.size);
    return entry;
  }

  private closeRoom(key: string): void {
    const entry = this.rooms.get(key);
    if (entry === undefined) {
      return;
    }
    this.rooms.delete(key);
    this.count.set(this.rooms.size);
    entry.room.close();
    for (const subscription of entry.subscriptions) {
      subscription.close();
    }
  }
}

/** Barrage messages are not stored, and carry no time of a server. */
function observeDelay(message: RoomMessage): void {
  const sentAtMs = message.type === 'stored' ? message.messages[0]?.sentAtMs : undefined;
  if (sentAtMs !== undefined) {
    // Never negative, if the clocks of two machines differ.
    sessionMetrics.messageDelay.observe(Math.max(0, Date.now() - sentAtMs) / 1000);
  }
}
