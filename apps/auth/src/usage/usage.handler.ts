import { Controller, Inject, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { PeriodicWork } from '@polyroom/async';
import {
  AppError,
  type ParsedRequestOf,
  type ReplyOf,
  usageRpc,
  type UsageGroup,
  type UsageView,
} from '@polyroom/contracts';
import { LOGGER, RpcHandler } from '@polyroom/nest-service';
import { Database, isDatabaseAway, type UsageSum } from '@polyroom/persistence';
import { type Logger } from 'pino';

const dayMs = 86_400_000;
/** More than a year, for billing. */
const keptMs = 400 * dayMs;
/** Senders give a report up long before. */
const reportsKeptMs = dayMs;
const purgeEveryMs = 3_600_000;
const minuteMs = 60_000;

/** Stores what the services have counted, and reads it for operators. */
@Controller()
export class UsageHandler implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly purging: PeriodicWork;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.purging = new PeriodicWork({
      intervalMs: purgeEveryMs,
      jitter: 0.1,
      run: () => database.usage.deleteOld(Date.now() - keptMs, Date.now() - reportsKeptMs),
      onError: (error) => {
        if (!isDatabaseAway(error)) {
          logger.error({ err: error }, 'deleting old usage failed; it will be retried');
        }
      },
    });
  }

  onApplicationBootstrap(): void {
    this.purging.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.purging.close();
  }

  @RpcHandler(usageRpc.recordUsage)
  async record({ reportId, rows }: ParsedRequestOf<typeof usageRpc.recordUsage>): Promise<object> {
    await this.database.usage.add(reportId, rows);
    return {};
  }

  @RpcHandler(usageRpc.getUsage)
  async get({
    appId,
    fromMs,
    toMs,
    by,
    cursor,
    limit,
  }: ParsedRequestOf<typeof usageRpc.getUsage>): Promise<ReplyOf<typeof usageRpc.getUsage>> {
    if (toMs <= fromMs) {
      throw new AppError('COMMON_ILLEGAL_PARAM', {
        details: { path: 'to', problem: 'not after `from`' },
      });
    }
    const query = { appId, fromMs, toMs, by, after: readCursor(cursor), limit: limit + 1 };
    const sums = await this.database.usage.sum(query);
    const page = sums.slice(0, limit);
    const last = page.at(-1);
    return {
      usage: page.map((sum) => toView(sum, by)),
      ...(sums.length > limit && last !== undefined ? { next: writeCursor(last.key) } : {}),
    };
  }
}

/** The empty key is a group too: a cursor is never empty. */
function writeCursor(key: string): string {
  return `k${key}`;
}

function readCursor(cursor: string | undefined): string | undefined {
  if (cursor !== undefined && !cursor.startsWith('k')) {
    throw new AppError('COMMON_ILLEGAL_PARAM', { details: { path: 'cursor' } });
  }
  return cursor?.slice(1);
}

function toView({ key, memberMs, sessionMs, ...counts }: UsageSum, by: UsageGroup): UsageView {
  return {
    ...(by === 'room' && key !== '' ? { roomId: key } : {}),
    ...(by === 'user' ? { userId: key } : {}),
    ...(by === 'hour' || by === 'day' ? { fromMs: Number(key) } : {}),
    sessionMinutes: toMinutes(sessionMs),
    memberMinutes: toMinutes(memberMs),
    ...counts,
  };
}

function toMinutes(ms: number): number {
  return Math.round((ms / minuteMs) * 1000) / 1000;
}
