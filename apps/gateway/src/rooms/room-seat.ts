import { type RoomFact, type RoomMessage } from '@polyroom/contracts';
import { type RoomListener } from './room-listener.js';

/** What a seat passes on, with the frame that all seats of the room share. */
export type SeatDelivery =
  { type: 'fact'; fact: RoomFact; frame: Buffer } | { type: 'message'; message: RoomMessage; frame: Buffer };

/** What the login's answer said of the room: later facts are news to the member. */
export interface SeatStart {
  roomEpoch: string;
  seq: number;
}

/**
 * A member's place in the fan-out of a room. It is taken before the room service is asked, and holds back
 * what comes until the client has the snapshot, so that nothing falls between the two.
 */
export class RoomSeat {
  private state: 'waiting' | 'active' | 'released' = 'waiting';
  private waiting: SeatDelivery[] = [];
  private start: SeatStart | undefined;

  constructor(
    readonly listener: RoomListener,
    private readonly roomId: string,
    /** When the room's subscriptions stand. */
    readonly ready: Promise<void>,
    private readonly hooks: {
      onStart: (start: SeatStart) => void;
      onRelease: (seat: RoomSeat) => void;
    },
  ) {}

  /** To be called once the snapshot has been written to the client. */
  activate(start: SeatStart): void {
    if (this.state !== 'waiting') {
      return;
    }
    this.state = 'active';
    this.start = start;
    this.hooks.onStart(start);
    const waiting = this.waiting;
    this.waiting = [];
    for (const delivery of waiting) {
      this.pass(delivery);
    }
  }

  /** Idempotent. */
  release(): void {
    if (this.state === 'released') {
      return;
    }
    this.state = 'released';
    this.waiting = [];
    this.hooks.onRelease(this);
  }

  deliver(delivery: SeatDelivery): void {
    if (this.state === 'waiting') {
      this.waiting.push(delivery);
    } else if (this.state === 'active') {
      this.pass(delivery);
    }
  }

  private pass(delivery: SeatDelivery): void {
    if (delivery.type === 'message') {
      // Nobody is sent what they wrote themselves.
      if (delivery.message.from.userId !== this.listener.userId) {
        this.listener.write(delivery.frame);
      }
      return;
    }
    const { fact } = delivery;
    const isKnown = fact.roomEpoch === this.start?.roomEpoch && fact.seq <= this.start.seq;
    if (isKnown || fact.origin?.sessionId === this.listener.sessionId) {
      return;
    }
    switch (fact.type) {
      case 'memberJoined':
      case 'memberLeft':
        if (this.listener.wantsUsers) {
          this.listener.write(delivery.frame);
        }
        break;
      case 'attributesChanged':
      case 'streamAdded':
        this.listener.write(delivery.frame);
        break;
      case 'streamRemoved':
        this.listener.write(delivery.frame);
        this.listener.onStreamRemoved(this.roomId, fact.stream.streamId);
        break;
    }
  }
}
