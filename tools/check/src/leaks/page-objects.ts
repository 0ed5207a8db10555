import { type CDPSession, type Page } from 'playwright-core';

/** Classes whose instances an application would miss: memory, sockets, threads. */
const classes = [
  'RTCPeerConnection',
  'RTCRtpReceiver',
  'RTCDataChannel',
  'WebSocket',
  'AudioContext',
  'MediaStream',
  'MediaStreamTrack',
  'HTMLVideoElement',
] as const;

/** What is alive in a page after a garbage collection. */
export interface PageObjects {
  heapBytes: number;
  /** Live objects by class, and listeners by target. */
  counts: Record<string, number>;
}

/** Counts the live objects of a page through the DevTools protocol. */
export class PageCounter {
  private constructor(private readonly devtools: CDPSession) {}

  static async attach(page: Page): Promise<PageCounter> {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('HeapProfiler.enable');
    await devtools.send('Performance.enable');
    return new PageCounter(devtools);
  }

  async count(): Promise<PageObjects> {
    // Twice: finalizers of the first collection release further objects.
    await this.devtools.send('HeapProfiler.collectGarbage');
    await this.devtools.send('HeapProfiler.collectGarbage');
    const counts: Record<string, number> = {};
    for (const name of [...classes, 'polyroomSdk.Client'] as const) {
      counts[name] = await this.countInstances(name);
    }
    for (const target of ['window', 'document', 'navigator.connection', 'navigator.mediaDevices']) {
      counts[`listeners of ${target}`] = await this.countListeners(target);
    }
    const { metrics } = await this.devtools.send('Performance.getMetrics');
    const metric = (wanted: string): number => metrics.find(({ name }) => name === wanted)?.value ?? NaN;
    counts['all listeners'] = metric('JSEventListeners');
    counts['audio nodes'] = metric('AudioHandlers');
    return { heapBytes: metric('JSHeapUsedSize'), counts };
  }

  private async countInstances(name: string): Promise<number> {
    const { result: prototype } = await this.evaluate(`${name}.prototype`);
    const { objects } = await this.devtools.send('Runtime.queryObjects', {
      prototypeObjectId: prototype.objectId!,
      objectGroup: 'count',
    });
    const { result } = await this.devtools.send('Runtime.callFunctionOn', {
      objectId: objects.objectId!,
      functionDeclaration: 'function () { return this.length; }',
      returnByValue: true,
    });
    // The list of objects keeps them alive.
    await this.devtools.send('Runtime.releaseObjectGroup', { objectGroup: 'count' });
    return result.value as number;
  }

  private async countListeners(target: string): Promise<number> {
    const { result } = await this.evaluate(target);
    if (result.objectId === undefined) {
      return 0;
    }
    const { listeners } = await this.devtools.send('DOMDebugger.getEventListeners', {
      objectId: result.objectId,
    });
    await this.devtools.send('Runtime.releaseObjectGroup', { objectGroup: 'count' });
    return listeners.length;
  }

  private evaluate(expression: string) {
    return this.devtools.send('Runtime.evaluate', { expression, objectGroup: 'count' });
  }
}

export interface Growth {
  /** Classes and targets with more objects than before. */
  grown: string[];
  heapBytesPerCycle: number;
}

export function findGrowth(before: PageObjects, after: PageObjects, cycles: number): Growth {
  return {
    grown: Object.entries(after.counts)
      .filter(([name, count]) => count > before.counts[name]!)
      .map(([name, count]) => `${name}: ${before.counts[name]} → ${count}`),
    heapBytesPerCycle: (after.heapBytes - before.heapBytes) / cycles,
  };
}
