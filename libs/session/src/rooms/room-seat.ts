import { type MessagePosition, snapshotMostMembers } from '@polyroom/contracts';
import { type OutFrame } from '../connection/out-frame.js';
import { type FactDelivery } from './fact-delivery.js';
import { type MessageDelivery } from './message-delivery.js';
import { encodePosition } from './room-frames.js';
import { type Outlet, type RoomListener } from './room-listener.js';

/** What a seat passes on. Frames are shared by all seats that get the same. */
export type SeatDelivery =
  | { type: 'fact'; delivery: FactDelivery }
  | { type: 'messages'; delivery: MessageDelivery }
  | { type: 'frame'; frame: OutFrame };

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
  private readonly outlet: Outlet;

  constructor(
    readonly listener: RoomListener,
    private readonly roomId: string,
    private readonly hooks: {
      onStart: (start: SeatStart) => void;
      /** Where the room's messages stand; undefined while nobody knows. */
      findPosition: () => MessagePosition | undefined;
      onRelease: (seat: RoomSeat) => void;
    },
  ) {
    this.outlet = listener.outlet;
  }

  get isActive(): boolean {
    return this.state === 'active';
  }

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
    this.tellPosition(waiting);
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

  /** What everybody gets as it is, without a look at who this is. */
  deliverFrames(frames: readonly OutFrame[]): void {
    const { outlet } = this;
    for (let index = 0; index < frames.length; index++) {
      outlet.write(frames[index]!);
    }
  }

  /** From here on the member gets everything. While nobody knows where that is, the room tells it later. */
  private tellPosition(waiting: SeatDelivery[]): void {
    const first = waiting.find((delivery) => delivery.type === 'messages')?.delivery;
    const position =
      first === undefined ? this.hooks.findPosition() : { epoch: first.epoch, seq: first.firstSeq - 1 };
    if (position !== undefined) {
      this.outlet.write(encodePosition(this.roomId, position));
    }
  }

  private pass(delivery: SeatDelivery): void {
    if (delivery.type === 'messages') {
      for (const frame of delivery.delivery.framesFor(this.listener.userId)) {
        this.outlet.write(frame);
      }
      return;
    }
    if (delivery.type === 'frame') {
      this.outlet.write(delivery.frame);
      return;
    }
    const { fact } = delivery.delivery;
    const isKnown = fact.roomEpoch === this.start?.roomEpoch && fact.seq <= this.start.seq;
    const origin = fact.type === 'streamMuted' ? undefined : fact.origin;
    if (isKnown || origin?.sessionId === this.listener.sessionId) {
      return;
    }
    switch (fact.type) {
      case 'memberJoined':
      case 'memberLeft':
        // Above that nobody follows them one by one, and each would cost a frame a member: the count says it.
        if (this.listener.wantsUsers && fact.memberCount <= snapshotMostMembers) {
          this.outlet.write(delivery.delivery.frame);
        }
        break;
      case 'attributesChanged':
      case 'streamAdded':
        this.outlet.write(delivery.delivery.frame);
        break;
      case 'streamRemoved':
        this.outlet.write(delivery.delivery.frame);
        this.listener.onStreamRemoved(this.roomId, fact.stream.streamId);
        break;
      case 'streamMuted':
        this.outlet.write(delivery.delivery.frame);
        this.listener.onStreamMuted(this.roomId, fact.streamId, fact.kinds);
        break;
    }
  }
}
