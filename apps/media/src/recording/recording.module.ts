import { Module } from '@nestjs/common';
import { RecordingHandler } from './recording.handler.js';

/** Recording of streams into files. */
@Module({ controllers: [RecordingHandler] })
export class RecordingModule {}
