import { setTimeout as sleep } from 'node:timers/promises';
import { type AdminClient } from '@polyroom/cluster';
import { type Resident } from '../load/load.js';
import { type CutFigures } from './figures.js';

interface Snapshot {
  memberCount: number;
  members: { userId: string }[];
}

const everyMs = 1000;

/** Reads the rooms of the users who stay, through the healthy gateway. */
export class RoomWatch {
  constructor(
    private readonly admin: AdminClient,
    private readonly appId: number,
    private readonly residents: readonly Resident[],
  ) {}

  /** Reads all rooms again and again until the signal; counts for the figures. */
  async watch(figures: CutFigures, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        for (const roomId of this.roomIds) {
          figures.reads++;
          figures.violations.push(...describeFaults(roomId, await this.read(roomId)));
        }
      } catch (error) {
        figures.failedReads.push(String(error));
      }
      await sleep(everyMs, undefined, { signal }).catch(() => {});
    }
  }

  /** Whether every room lists, and counts, exactly the users who stay in it, and each of them this room once. */
  async isRight(): Promise<boolean> {
    for (const roomId of this.roomIds) {
      const snapshot = await this.read(roomId);
      const expected = this.residents.filter((each) => each.roomId === roomId);
      const listed = new Set(snapshot.members.map(({ userId }) => userId));
      if (
        describeFaults(roomId, snapshot).length > 0 ||
        listed.size !== expected.length ||
        !expected.every(({ userId }) => listed.has(userId))
      ) {
        return false;
      }
    }
    const rooms = await Promise.all(
      this.residents.map(({ userId }) => this.admin.listUserRooms(this.appId, userId)),
    );
    return this.residents.every(
      ({ roomId }, index) => rooms[index]!.filter((each) => each === roomId).length === 1,
    );
  }

  private get roomIds(): string[] {
    return [...new Set(this.residents.map(({ roomId }) => roomId))];
  }

  private async read(roomId: string): Promise<Snapshot> {
    return (await this.admin.send('GET', `/v1/apps/${this.appId}/rooms/${roomId}`)) as Snapshot;
  }
}

function describeFaults(roomId: string, { memberCount, members }: Snapshot): string[] {
  const userIds = members.map(({ userId }) => userId);
  const twice = userIds.filter((userId, index) => userIds.indexOf(userId) !== index);
  return [
    ...twice.map((userId) => `${roomId} lists ${userId} twice`),
    ...(memberCount === members.length
      ? []
      : [`${roomId} counts ${memberCount} and lists ${members.length}`]),
  ];
}
