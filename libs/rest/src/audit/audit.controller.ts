import { Controller, Get, Header, Param, Query, StreamableFile, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiProduces } from '@nestjs/swagger';
import { Bus } from '@polyroom/bus';
import { auditRpc, type ReplyOf, type RequestOf } from '@polyroom/contracts';
import { ApiRoute } from '@polyroom/nest-service/open-api';
import { Readable } from 'node:stream';
import { z } from 'zod';
import {
  AuthorityGuard,
  RenewedStatement,
  Statement,
  type StatementSource,
} from '../authority/authority.guard.js';
import { Requires } from '../authority/requires.decorator.js';
import { appPath, type AppPath } from '../rest-params.js';

const { listAllAudit, listAudit, auditFilterFields, auditEntrySchema } = auditRpc;
const timeText = z.coerce.number().pipe(z.number().int().min(0).max(8.64e15)).meta({ type: 'integer' });

const filterQuery = z.object({
  ...auditFilterFields,
  fromMs: timeText.optional(),
  toMs: timeText.optional(),
});
const pageQuery = filterQuery.extend({
  cursor: listAudit.request.shape.cursor,
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

type FilterQuery = z.output<typeof filterQuery>;
type PageRequest = RequestOf<typeof listAllAudit>;
type PageQuery = z.output<typeof pageQuery>;
type Page = ReplyOf<typeof listAudit>;

const exportRoute = { reply: auditEntrySchema, errors: listAudit.errors };
const exportAllRoute = { reply: auditEntrySchema, errors: listAllAudit.errors };
const exportPageSize = 500;
const ndjson = 'application/x-ndjson';

/** The audit: privileged acts and failed sign-ins. */
@Controller('v1')
@UseGuards(AuthorityGuard)
@ApiBearerAuth('operator')
export class AuditController {
  constructor(private readonly bus: Bus) {}

  @Get('audit')
  @Requires('audit:readAll')
  @ApiRoute('Lists acts and failed sign-ins, newest first.', listAllAudit)
  list(@Statement() statement: string, @Query({ schema: pageQuery }) query: PageQuery): Promise<Page> {
    return this.bus.request(listAllAudit, query, { statement });
  }

  @Get('audit/export')
  @Requires('audit:readAll')
  @Header('content-type', ndjson)
  @ApiProduces(ndjson)
  @ApiRoute('Exports acts and failed sign-ins as one JSON object per line, oldest first.', exportAllRoute)
  export(
    @RenewedStatement() source: StatementSource,
    @Query({ schema: filterQuery }) query: FilterQuery,
  ): Promise<StreamableFile> {
    return exportAll(query, async (page) =>
      this.bus.request(listAllAudit, page, { statement: await source() }),
    );
  }

  @Get('apps/:appId/audit')
  @Requires('audit:read')
  @ApiRoute('Lists the acts of an AppID, newest first; also those of a deleted one.', listAudit)
  listOfApp(
    @Statement() statement: string,
    @Query({ schema: pageQuery }) query: PageQuery,
    @Param({ schema: appPath }) { appId }: AppPath,
  ): Promise<Page> {
    return this.bus.request(listAudit, { ...query, appId }, { statement });
  }

  @Get('apps/:appId/audit/export')
  @Requires('audit:read')
  @Header('content-type', ndjson)
  @ApiProduces(ndjson)
  @ApiRoute('Exports the acts of an AppID as one JSON object per line, oldest first.', exportRoute)
  exportOfApp(
    @RenewedStatement() source: StatementSource,
    @Query({ schema: filterQuery }) query: FilterQuery,
    @Param({ schema: appPath }) { appId }: AppPath,
  ): Promise<StreamableFile> {
    return exportAll(query, async (page) =>
      this.bus.request(listAudit, { ...page, appId }, { statement: await source() }),
    );
  }
}

type ReadPage = (request: PageRequest) => Promise<Page>;

/** Reads the first page before the reply starts, so that its errors have a status. */
async function exportAll(filter: FilterQuery, read: ReadPage): Promise<StreamableFile> {
  const pages = readPages({ ...filter, toMs: filter.toMs ?? Date.now() + 1 }, read);
  const first = await pages.next();
  const lines = async function* (): AsyncGenerator<string> {
    for (let page = first; page.done !== true; page = await pages.next()) {
      yield page.value.entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
    }
  };
  return new StreamableFile(Readable.from(lines(), { objectMode: false }), { type: ndjson });
}

async function* readPages(filter: FilterQuery, read: ReadPage): AsyncGenerator<Page, undefined> {
  let cursor: string | undefined;
  do {
    const page: Page = await read({ ...filter, order: 'oldest', limit: exportPageSize, cursor });
    yield page;
    cursor = page.next;
  } while (cursor !== undefined);
  return undefined;
}
