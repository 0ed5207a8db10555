import { Module } from '@nestjs/common';
import { RecordingsController } from './recordings.controller.js';

/** Recordings of streams and rooms, and their files. */
@Module({ controllers: [RecordingsController] })
export class RecordingsModule {}
