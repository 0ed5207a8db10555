import { setTimeout as sleep } from 'node:timers/promises';
import { BrowserUser, type UserOptions } from '@polyroom/cluster';
import { type Browser } from 'playwright-core';
import { type ExpectedUsage } from './expected-usage.js';

const roomIds = ['stage-1', 'stage-2', 'stage-3'] as const;

/** Scenes of a camera in three rooms, and a viewer who plays it for two of them: each byte counts once. */
export class MediaScenes {
  private count = 0;

  constructor(
    private readonly browser: Browser,
    private readonly consoleUrl: string,
    private readonly options: Omit<UserOptions, 'userId'>,
    private readonly expected: ExpectedUsage,
  ) {}

  async run(untilMs: number, onAirMs: number, pauseMs: number): Promise<void> {
    while (untilMs - Date.now() > onAirMs) {
      await this.play(onAirMs);
      await sleep(Math.max(0, Math.min(pauseMs, untilMs - Date.now())));
    }
  }

  private async play(onAirMs: number): Promise<void> {
    const scene = ++this.count;
    const streamId = `camera-${scene}`;
    const publisher = await this.enter(`publisher-${scene}`);
    const viewer = await this.enter(`viewer-${scene}`);
    await publisher.user.publish(streamId, roomIds[0]);
    await publisher.user.share(streamId, roomIds[1]);
    await publisher.user.share(streamId, roomIds[2]);
    await viewer.user.play(streamId, roomIds[0]);
    await viewer.user.play(streamId, roomIds[1]);
    await sleep(onAirMs);
    const { receivedBytes } = await viewer.user.page.evaluate(readTransports);
    await viewer.leave();
    const { sentBytes } = await publisher.user.page.evaluate(readTransports);
    await publisher.leave();
    this.expected.add(viewer.user.userId, roomIds[0], { receivedBytes });
    this.expected.add(publisher.user.userId, undefined, { sentBytes });
  }

  /** Logs in to the rooms; `leave` logs out of them, counts the time, and closes the page. */
  private async enter(userId: string): Promise<{ user: BrowserUser; leave: () => Promise<void> }> {
    const user = await BrowserUser.open(this.browser, this.consoleUrl, { ...this.options, userId });
    const entered: [roomId: string, atMs: number][] = [];
    for (const roomId of roomIds) {
      const code = await user.login(roomId);
      if (code !== 0) {
        throw new Error(`login of ${userId} in ${roomId} failed with ${code}`);
      }
      entered.push([roomId, performance.now()]);
    }
    const leave = async (): Promise<void> => {
      for (const [roomId, atMs] of entered) {
        await user.logout(roomId);
        this.expected.add(userId, roomId, { memberMinutes: minutesSince(atMs) });
      }
      this.expected.add(userId, undefined, { sessionMinutes: minutesSince(entered[0]![1]) });
      await user.close();
    };
    return { user, leave };
  }
}

const minutesSince = (atMs: number): number => (performance.now() - atMs) / 60_000;

/** Runs in the page: what its connections have carried. */
async function readTransports(): Promise<{ sentBytes: number; receivedBytes: number }> {
  const { madePeers } = window as never as { madePeers: RTCPeerConnection[] };
  const sum = { sentBytes: 0, receivedBytes: 0 };
  for (const peer of madePeers) {
    for (const report of (await peer.getStats()).values() as Iterable<Record<string, number | string>>) {
      if (report['type'] === 'transport') {
        sum.sentBytes += Number(report['bytesSent']);
        sum.receivedBytes += Number(report['bytesReceived']);
      }
    }
  }
  return sum;
}
