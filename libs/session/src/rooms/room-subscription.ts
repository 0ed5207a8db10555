import { type MessagePosition, snapshotMostMembers } from '@polyroom/contracts';
import { type OutFrame } from '../connection/out-frame.js';
import { type FactDelivery } from './fact-delivery.js';
import { type MessageDelivery } from './message-delivery.js';
import { encodePosition } from './room-frames.js';
import { type Outlet, type RoomListener } from './room-listener.js';

/** Deliveries of a room subscription. Frames are shared by all subscriptions that get the same. */
export type SubscriptionDelivery =
  | { type: 'fact'; delivery: FactDelivery }
  | { type: 'messages'; delivery: MessageDelivery }
  /** Belongs to the room's messages: a barrage message, or their position. */
  | { type: 'messageFrame'; frame: OutFrame }
  | { type: 'frame'; frame: OutFrame };

/** The room's state in the login response: later facts are new to the member. */
export interface SubscriptionStart {
  roomEpoch: string;
  seq: number;
}

/**
 * A member's room subscription. It is created before the request to the room service and holds back
 * deliveries until the client has the snapshot, so that no fact is lost between the two.
 */
export class RoomSubscription {
  private state: 'waiting' | 'active' | 'released' = 'waiting';
  private waiting: SubscriptionDelivery[] = [];
  private start: SubscriptionStart | undefined;
  private readonly outlet: Outlet;
  /** Whether the member may read the room's messages. */
  readsMessages = true;

  constructor(
    readonly listener: RoomListener,
    private readonly roomId: string,
    private readonly hooks: {
      onStart: (start: SubscriptionStart) => void;
      /** The room's message position; undefined while it is unknown. */
      findPosition: () => MessagePosition | undefined;
      onRelease: (subscription: RoomSubscription) => void;
    },
  ) {
    this.outlet = listener.outlet;
  }

  get isActive(): boolean {
    return this.state === 'active';
  }

  /** Call once the snapshot has been written to the client. */
  activate(start: SubscriptionStart): void {
    if (this.state !== 'waiting') {
      return;
    }
    this.state = 'active';
    this.start = start;
    this.hooks.onStart(start);
    const waiting = this.waiting;
    this.waiting = [];
    this.sendPosition(waiting);
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

  deliver(delivery: SubscriptionDelivery): void {
    if (this.state === 'waiting') {
      this.waiting.push(delivery);
    } else if (this.state === 'active') {
      this.pass(delivery);
    }
  }

  /** Messages to all members who may read them. */
  deliverFrames(frames: readonly OutFrame[]): void {
    if (!this.readsMessages) {
      return;
    }
    const { outlet } = this;
    for (let index = 0; index < frames.length; index++) {
      outlet.write(frames[index]!);
    }
  }

  /** From here on the member gets everything. While the position is unknown, the room reports it later. */
  private sendPosition(waiting: SubscriptionDelivery[]): void {
    if (!this.readsMessages) {
      return;
    }
    const first = waiting.find((delivery) => delivery.type === 'messages')?.delivery;
    const position =
      first === undefined ? this.hooks.findPosition() : { epoch: first.epoch, seq: first.firstSeq - 1 };
    if (position !== undefined) {
      this.outlet.write(encodePosition(this.roomId, position));
    }
  }

  private pass(delivery: SubscriptionDelivery): void {
    if (!this.readsMessages && (delivery.type === 'messages' || delivery.type === 'messageFrame')) {
      return;
    }
    if (delivery.type === 'messages') {
      for (const frame of delivery.delivery.framesFor(this.listener.userId)) {
        this.outlet.write(frame);
      }
      return;
    }
    if (delivery.type === 'frame' || delivery.type === 'messageFrame') {
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
        // In a larger room each join or leave would cost one frame per member, so only the count is sent.
        if (this.listener.wantsUsers && fact.memberCount <= snapshotMostMembers) {
          this.outlet.write(delivery.delivery.frame);
        }
        break;
      case 'attributesChanged':
      case 'streamAdded':
      case 'streamChanged':
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
