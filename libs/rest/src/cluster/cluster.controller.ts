import { Controller, Get, UseGuards } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { instanceReportSchema, nodeReported } from '@polyroom/contracts';
import { ApiRoute } from '@polyroom/nest-service/open-api';
import { z } from 'zod';
import { AuthorityGuard } from '../authority/authority.guard.js';
import { Requires } from '../authority/requires.decorator.js';
import { ClusterDirectory } from './cluster-directory.js';

export const clusterSchema = z.strictObject({
  /** Processes that have reported themselves within 15 s, with the results of their checks. */
  instances: z.array(instanceReportSchema.extend({ reportedAtMs: z.number().int() })),
  /** Media nodes with their load. */
  mediaNodes: z.array(nodeReported.payload),
});

/** The health of the cluster. */
@Controller('v1/cluster')
@UseGuards(AuthorityGuard)
@ApiBearerAuth('operator')
export class ClusterController {
  constructor(private readonly directory: ClusterDirectory) {}

  @Get()
  @Requires('cluster:read')
  @ApiRoute('Lists the processes of the cluster and their dependencies, and the media nodes.', {
    reply: clusterSchema,
    errors: [],
  })
  get(): z.output<typeof clusterSchema> {
    return { instances: this.directory.listInstances(), mediaNodes: this.directory.listNodes() };
  }
}
