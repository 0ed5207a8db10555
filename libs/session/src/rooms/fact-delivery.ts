import { type RoomFact } from '@polyroom/contracts';
import { type OutFrame } from '../connection/out-frame.js';
import { encodeFact } from './room-frames.js';

/** A fact for the members of a room; its frame is built when the first member needs it. */
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
