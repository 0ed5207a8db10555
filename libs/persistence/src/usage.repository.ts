import { type UsageCount, type UsageGroup, type UsageRow } from '@polyroom/contracts';
import { Prisma, type PrismaClient } from './generated/client.js';

/** Sums of one group. */
export interface UsageSum extends Record<UsageCount, number> {
  /** The room, the user, or the begin of the hour or day (Unix ms); '' for the whole AppID. */
  key: string;
}

export interface UsageQuery {
  appId: number;
  fromMs: number;
  toMs: number;
  by: UsageGroup;
  /** The last key of the page before. */
  after: string | undefined;
  limit: number;
}

/** What one group is called by. Times as text that sorts by time: `by=hour` and `by=day` cover the years to 2286. */
const keys: Record<UsageGroup, Prisma.Sql> = {
  app: Prisma.sql`''`,
  room: Prisma.sql`room_id COLLATE "C"`,
  user: Prisma.sql`user_id COLLATE "C"`,
  hour: Prisma.sql`(extract(epoch FROM hour)::bigint * 1000)::text COLLATE "C"`,
  day: Prisma.sql`(extract(epoch FROM date_trunc('day', hour AT TIME ZONE 'UTC') AT TIME ZONE 'UTC')::bigint * 1000)::text COLLATE "C"`,
};

/** Usage by hour, room and user. */
export class UsageRepository {
  constructor(private readonly prisma: PrismaClient) {}

  /**
   * Adds the rows of a report, once. Rows of AppIDs that do not exist are dropped. No two rows may have the same key.
   */
  async add(reportId: string, rows: readonly UsageRow[]): Promise<void> {
    await this.prisma.$transaction(async (tx) => {
      const { count } = await tx.usageReport.createMany({ data: [{ reportId }], skipDuplicates: true });
      if (count === 0) {
        return;
      }
      // In the order of the key, so that two reports at once do not wait for each other.
      await tx.$executeRaw`
        INSERT INTO usage (
          app_id, hour, room_id, user_id, session_ms, member_ms, messages, message_bytes, sent_bytes, received_bytes
        )
        SELECT r."appId", to_timestamp(r."hourMs" / 1000), r."roomId", r."userId", r."sessionMs", r."memberMs",
               r.messages, r."messageBytes", r."sentBytes", r."receivedBytes"
        FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(
          "appId" bigint, "hourMs" bigint, "roomId" text, "userId" text, "sessionMs" bigint, "memberMs" bigint,
          messages bigint, "messageBytes" bigint, "sentBytes" bigint, "receivedBytes" bigint
        )
        JOIN apps ON apps.app_id = r."appId"
        ORDER BY 1, 2, 3, 4
        ON CONFLICT (app_id, hour, room_id, user_id) DO UPDATE SET
          session_ms = usage.session_ms + excluded.session_ms,
          member_ms = usage.member_ms + excluded.member_ms,
          messages = usage.messages + excluded.messages,
          message_bytes = usage.message_bytes + excluded.message_bytes,
          sent_bytes = usage.sent_bytes + excluded.sent_bytes,
          received_bytes = usage.received_bytes + excluded.received_bytes`;
    });
  }

  /** The sums of the groups after `after`, in the order of their keys. */
  async sum({ appId, fromMs, toMs, by, after, limit }: UsageQuery): Promise<UsageSum[]> {
    const key = keys[by];
    const rows = await this.prisma.$queryRaw<(Record<UsageCount, bigint> & { key: string })[]>`
      SELECT ${key} AS key,
             coalesce(sum(session_ms), 0)::bigint AS "sessionMs",
             coalesce(sum(member_ms), 0)::bigint AS "memberMs",
             coalesce(sum(messages), 0)::bigint AS messages,
             coalesce(sum(message_bytes), 0)::bigint AS "messageBytes",
             coalesce(sum(sent_bytes), 0)::bigint AS "sentBytes",
             coalesce(sum(received_bytes), 0)::bigint AS "receivedBytes"
      FROM usage
      WHERE app_id = ${BigInt(appId)} AND hour >= ${new Date(fromMs)} AND hour < ${new Date(toMs)}
        ${after === undefined ? Prisma.empty : Prisma.sql`AND ${key} > ${after}`}
      GROUP BY 1
      ORDER BY 1
      LIMIT ${limit}`;
    return rows.map(({ key: name, ...sums }) => ({
      key: name,
      sessionMs: Number(sums.sessionMs),
      memberMs: Number(sums.memberMs),
      messages: Number(sums.messages),
      messageBytes: Number(sums.messageBytes),
      sentBytes: Number(sums.sentBytes),
      receivedBytes: Number(sums.receivedBytes),
    }));
  }

  /** Deletes usage of hours before `beforeMs`, and the IDs of reports that no sender repeats any more. */
  async deleteOld(beforeMs: number, reportsBeforeMs: number): Promise<void> {
    await this.prisma.usage.deleteMany({ where: { hour: { lt: new Date(beforeMs) } } });
    await this.prisma.usageReport.deleteMany({ where: { createdAt: { lt: new Date(reportsBeforeMs) } } });
  }
}
