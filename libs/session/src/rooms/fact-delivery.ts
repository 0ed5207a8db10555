import { type RoomFact } from '@polyroom/contracts';
import { type OutFrame } from '../connection/out-frame.js';
import { encodeFact } from './room-frames.js';

/** A fact on its way to the members of a room; its frame is built for the first one who wants it. */
export class FactDelivery {
  private built: OutFrame | undefined;

  constructor(
    private readonly roomId: string,
    readonly fact: RoomFact,
  ) {}

  get frame(): OutFrame {
    this.built ??= encodeFact(this.roomId, this.fact);
    return this.built;
  }
}
