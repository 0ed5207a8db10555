import { once } from 'node:events';
import { type mediaRpc, type ReplyOf } from '@polyroom/contracts';
import { createWorker, type types } from 'mediasoup';
import { callWorker } from './call-worker.js';
import { DataWatch } from './data-watch.js';
import { routerCodecs } from './router-codecs.js';
import { ActiveSpeakers } from './active-speakers.js';
import { WorkerTraffic } from './worker-traffic.js';

/** Without a base: apart from pipes (pipe-listen.ts) and from ports of outgoing connections. */
const anyPorts = { min: 10_000, max: 11_999 };

/** An address at which workers accept media of clients. */
export interface ClientAddress {
  /** Interface that the workers bind to. */
  ip: string;
  /** Announced instead of `ip`: behind a NAT, or if `ip` is a wildcard. */
  announcedAddress?: string;
  /** Announces `ip` too, to clients on this side of the NAT. */
  announceIp?: boolean;
}

/** Listen addresses and ports of a node's workers. */
export interface ListenOptions {
  /** Interface of pipes from other nodes, and of clients without `clientAddresses`. */
  listenIp: string;
  /** Where clients send media; by default `listenIp`, as it is. */
  clientAddresses?: readonly ClientAddress[];
  /** Worker n listens on `portBase + n`, UDP and TCP; omitted or 0: a free port from 10000 to 11999. */
  portBase?: number;
}

export interface WorkerOptions extends ListenOptions {
  /** The mediasoup-worker binary; if omitted, MEDIASOUP_WORKER_BIN, then the binary of the package. */
  workerBin?: string;
}

/**
 * One mediasoup Worker (a process, at most one core) with its only WebRtcServer (one UDP and one TCP port for
 * all of its sessions) and its only router. One router per worker is a rule: two routers of one worker cannot
 * both hold a producer of the same ID (versatica/mediasoup #1602), and a piped producer keeps its ID.
 */
export class MediaWorker {
  /**
   * Sessions anchored here, including those being opened. The code that anchors and releases them keeps the
   * count.
   */
  sessions = 0;
  readonly speakers = new ActiveSpeakers();
  readonly dataWatch = new DataWatch();
  readonly traffic = new WorkerTraffic();
  #cpuMs = 0;
  #router: Promise<types.Router> | undefined;
  #routers = 0;

  private constructor(
    readonly slot: number,
    private readonly worker: types.Worker,
    readonly webRtcServer: types.WebRtcServer,
  ) {}

  static async create(slot: number, options: WorkerOptions): Promise<MediaWorker> {
    const worker = await withoutSignalHandlers(() =>
      createWorker({
        logLevel: 'warn',
        ...(options.workerBin === undefined ? {} : { workerBin: options.workerBin }),
      }),
    );
    try {
      const webRtcServer = await worker.createWebRtcServer({ listenInfos: listenInfosOf(slot, options) });
      return new MediaWorker(slot, worker, webRtcServer);
    } catch (error) {
      await closeWorker(worker);
      throw error;
    }
  }

  get pid(): number {
    return this.worker.pid;
  }

  /** Whether it was closed or died. */
  get closed(): boolean {
    return this.worker.closed;
  }

  /** Number of routers: none before the first session, then one. */
  get routers(): number {
    return this.#routers;
  }

  /** Calls back once if the process ends unexpectedly. */
  onDied(listener: (error: Error) => void): void {
    this.worker.once('died', listener);
  }

  /** Returns the router, creating it on the first call. */
  openRouter(): Promise<types.Router> {
    this.#router ??= callWorker('worker.createRouter', () =>
      this.worker.createRouter({ mediaCodecs: routerCodecs }),
    ).then(
      (router) => {
        this.#routers = 1;
        this.traffic.watch(router);
        return router;
      },
      (error: unknown) => {
        this.#router = undefined;
        throw error;
      },
    );
    return this.#router;
  }

  /** The process's own view of what it holds. */
  async dump(): Promise<ReplyOf<typeof mediaRpc.dumpWorkers>['workers'][number]> {
    const dump = this.#router === undefined ? undefined : await (await this.#router).dump();
    return {
      pid: this.pid,
      transports: dump?.transportIds.length ?? 0,
      producers: dump?.mapProducerIdConsumerIds.length ?? 0,
      consumers: dump?.mapConsumerIdProducerId.length ?? 0,
      dataProducers: dump?.mapDataProducerIdDataConsumerIds.length ?? 0,
      dataConsumers: dump?.mapDataConsumerIdDataProducerId.length ?? 0,
    };
  }

  /** CPU time at the last sample. */
  get lastCpuTimeMs(): number {
    return this.#cpuMs;
  }

  /** CPU time used by the process since its start. */
  async cpuTimeMs(): Promise<number> {
    const usage = await this.worker.getResourceUsage();
    this.#cpuMs = usage.ru_utime + usage.ru_stime;
    return this.#cpuMs;
  }

  /** Stops the process and waits for its exit. Idempotent. */
  close(): Promise<void> {
    return closeWorker(this.worker);
  }
}

function listenInfosOf(slot: number, options: ListenOptions): types.TransportListenInfo[] {
  const { listenIp, clientAddresses = [{ ip: listenIp }], portBase = 0 } = options;
  return clientAddresses.flatMap(({ ip, announcedAddress, announceIp = false }) =>
    (['udp', 'tcp'] as const).map((protocol) => ({
      protocol,
      ip,
      ...(announcedAddress === undefined ? {} : { announcedAddress, exposeInternalIp: announceIp }),
      ...(portBase === 0 ? { portRange: anyPorts } : { port: portBase + slot }),
    })),
  );
}

/**
 * mediasoup stops its workers on a termination signal. A draining node needs them as long as it has sessions
 * and closes them last.
 */
function withoutSignalHandlers<T>(start: () => T): T {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const before = signals.map((signal) => new Set(process.listeners(signal)));
  try {
    return start();
  } finally {
    signals.forEach((signal, index) => {
      for (const listener of process.listeners(signal)) {
        if (!before[index]!.has(listener)) {
          process.off(signal, listener);
        }
      }
    });
  }
}

async function closeWorker(worker: types.Worker): Promise<void> {
  if (worker.subprocessClosed || worker.died) {
    return;
  }
  const ended = once(worker, 'subprocessclose');
  worker.close();
  await ended;
}
