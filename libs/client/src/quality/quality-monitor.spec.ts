import { afterEach, expect, test } from '@jest/globals';
import { Emitter } from '../emitter.js';
import { type MediaSlot } from '../media/media-slot.js';
import { type StatsReading } from '../media/media-tracks.js';
import { type ClientEvents } from '../client-types.js';
import { QualityMonitor } from './quality-monitor.js';
import { QualityLevel as Level } from './quality-types.js';

let monitor: QualityMonitor;
afterEach(() => monitor.stop());

/** Statistics of one stream that grow by 50 packets per reading. */
function newMonitor(): { events: Emitter<ClientEvents>; looks: () => number } {
  let looks = 0;
  const read = (direction: 'send' | 'recv'): StatsReading | undefined => {
    if (direction === 'recv') {
      return undefined;
    }
    looks += 1;
    return {
      atMs: looks * 1000,
      tracks: [{ streamId: 'mine', kind: 'audio', mid: '0' }],
      reports: [{ id: 'A', type: 'outbound-rtp', mid: '0', packetsSent: looks * 50, bytesSent: 0 }],
    };
  };
  const events = new Emitter<ClientEvents>();
  const slot = { media: { readStats: async (direction: 'send' | 'recv') => read(direction) } };
  monitor = new QualityMonitor({
    slot: slot as unknown as MediaSlot,
    events,
    publishing: () => [{ streamId: 'mine', channel: 0, state: 'active', roomIds: ['room1', 'room2'] }],
    playing: () => [{ streamId: 'not-there-yet', state: 'pending', roomIds: ['room1'], trackIds: [] }],
  });
  return { events, looks: () => looks };
}

test('reports streams every 3 s and the network every 2 s, one reading at a time', async () => {
  const { events, looks } = newMonitor();
  const streams: unknown[] = [];
  const networks: unknown[] = [];
  events.on('publicationQuality', ({ quality, roomIds, streamId }) =>
    streams.push({ streamId, roomIds, flows: quality.audioSendFps > 0 }),
  );
  events.on('subscriptionQuality', ({ streamId }) => streams.push(streamId));
  events.on('networkQuality', (info) => networks.push(info));
  for (let second = 1; second <= 12; second++) {
    await monitor.tick();
  }
  // The first reading has no predecessor, so the reports are of seconds 6, 9 and 12.
  expect(streams).toEqual(Array(3).fill({ streamId: 'mine', roomIds: ['room1', 'room2'], flows: true }));
  expect(networks).toEqual([
    { up: Level.Unknown, down: Level.Unknown },
    ...Array(5).fill({ up: Level.Excellent, down: Level.Unknown }),
  ]);
  // Seconds 2, 3, 4, 6, 8, 9, 10 and 12.
  expect(looks()).toBe(8);
});

test('refuses an interval that is too short', () => {
  newMonitor();
  expect(() => monitor.startAudioLevels(50)).toThrow(expect.objectContaining({ code: 1000017 }));
});
