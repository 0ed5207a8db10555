import { Module } from '@nestjs/common';
import { ClusterController } from './cluster.controller.js';
import { ClusterDirectory } from './cluster-directory.js';

/** The health of the cluster. */
@Module({ controllers: [ClusterController], providers: [ClusterDirectory] })
export class ClusterModule {}
