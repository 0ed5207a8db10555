import { Module } from '@nestjs/common';
import { SnapshotHandler } from './snapshot.handler.js';

/** The current state of rooms. */
@Module({
  controllers: [SnapshotHandler],
})
export class SnapshotModule {}
