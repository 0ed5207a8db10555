import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { AddressRange, normalizeAddress } from '@polyroom/addresses';
import { PeriodicWork } from '@polyroom/async';
import { Bus, type BusSubscription } from '@polyroom/bus';
import { addressBansChanged, AppError, roomRpc } from '@polyroom/contracts';
import { LOGGER } from '@polyroom/nest-service';
import { type Logger } from 'pino';
import { type ClientSession } from './client-session.js';
import { SessionExpulsion } from './session-expulsion.js';
import { SessionRegistry } from './session-registry.js';

/** Longer than a login may take: an instance of the room service may not know of a ban yet when it admits it. */
const recentMs = 30_000;
/** Covers a lost event. */
const checkEveryMs = 10_000;
const { code } = new AppError('ROOM_MANUAL_KICKED_OUT');

/** Ends this gateway's sessions from an address or network that is banned (1002055). */
@Injectable()
export class BannedAddresses implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  private readonly work: PeriodicWork;
  private recent: { appId: number; range: AddressRange; atMs: number }[] = [];
  private subscription: BusSubscription | undefined;

  constructor(
    private readonly bus: Bus,
    private readonly registry: SessionRegistry,
    private readonly expulsion: SessionExpulsion,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.work = new PeriodicWork({
      intervalMs: checkEveryMs,
      jitter: 0.25,
      run: () => this.check(),
      onError: (error) => logger.warn({ err: error }, 'addresses not checked'),
    });
  }

  onModuleInit(): void {
    this.subscription = this.bus.subscribe(addressBansChanged, {}, ({ appId, address }) => {
      const range = address === undefined ? undefined : AddressRange.parse(address);
      if (range === undefined) {
        // A ban is lifted, perhaps one of these.
        this.recent = this.recent.filter((ban) => ban.appId !== appId);
        return;
      }
      const atMs = performance.now();
      this.recent = this.recent.filter((ban) => ban.atMs > atMs - recentMs);
      this.recent.push({ appId, range, atMs });
      this.registry.all.forEach((session) => this.apply(session, appId, range));
    });
  }

  /** Call it when the session has entered a room or is resumed: a ban may have come in between. */
  watch(session: ClientSession): void {
    const sinceMs = performance.now() - recentMs;
    for (const { appId, range, atMs } of this.recent) {
      if (atMs > sinceMs) {
        this.apply(session, appId, range);
      }
    }
  }

  onApplicationBootstrap(): void {
    this.work.start();
  }

  /** Not awaited: while the room service is away, a run takes as long as its deadlines. */
  onModuleDestroy(): void {
    this.subscription?.close();
    void this.work.close();
  }

  /** One check of all sessions. */
  async check(): Promise<void> {
    const byApp = new Map<number, Map<string, ClientSession[]>>();
    for (const session of this.registry.all) {
      const { clientAddress } = session.options;
      if (clientAddress !== undefined) {
        const byAddress = byApp.get(session.ref.appId) ?? new Map<string, ClientSession[]>();
        byApp.set(session.ref.appId, byAddress);
        const sessions = byAddress.get(clientAddress) ?? [];
        byAddress.set(clientAddress, sessions);
        sessions.push(session);
      }
    }
    for (const [appId, byAddress] of byApp) {
      try {
        for (const address of await this.findBanned(appId, [...byAddress.keys()])) {
          byAddress.get(address)?.forEach((session) => void this.end(session));
        }
      } catch (error) {
        // The AppIDs that follow are checked all the same.
        this.logger.warn({ err: error, appId }, 'addresses not checked');
      }
    }
  }

  private async findBanned(appId: number, all: string[]): Promise<string[]> {
    const banned: string[] = [];
    for (let from = 0; from < all.length; from += roomRpc.maxAddressesToCheck) {
      const addresses = all.slice(from, from + roomRpc.maxAddressesToCheck);
      banned.push(...(await this.bus.request(roomRpc.findBannedAddresses, { appId, addresses })).banned);
    }
    return banned;
  }

  private apply(session: ClientSession, appId: number, range: AddressRange): void {
    if (session.ref.appId === appId && isIn(range, session)) {
      void this.end(session);
    }
  }

  private async end(session: ClientSession): Promise<void> {
    if (session.state === 'open') {
      await this.expulsion.run(session, code);
    }
  }
}

function isIn(range: AddressRange, { options: { clientAddress } }: ClientSession): boolean {
  return clientAddress !== undefined && range.has(normalizeAddress(clientAddress) ?? clientAddress);
}
