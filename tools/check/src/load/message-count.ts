import { type Ledger, type Verdict } from '../messages/ledger.js';

/** `unsent`: without an acknowledgement, however often they were repeated. */
export type Messages = Omit<Verdict, 'deliveries'> & { unsent: number };

/** What the ledger has counted since this object was made. */
export class MessageCount {
  private readonly before: Verdict;
  private readonly writtenBefore: number;

  constructor(private readonly ledger: Ledger) {
    this.before = ledger.verdict;
    this.writtenBefore = ledger.written;
  }

  read(): Messages {
    const { before } = this;
    const now = this.ledger.verdict;
    const acknowledged = now.acknowledged - before.acknowledged;
    return {
      acknowledged,
      unsent: this.ledger.written - this.writtenBefore - acknowledged,
      lost: now.lost - before.lost,
      duplicated: now.duplicated - before.duplicated,
      reordered: now.reordered - before.reordered,
      wrongRoom: now.wrongRoom - before.wrongRoom,
      gone: now.gone - before.gone,
    };
  }
}
