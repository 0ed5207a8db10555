import { Module } from '@nestjs/common';
import { RecordingFiles } from '@polyroom/media-engine';
import { type MediaConfig } from '../media.config.js';
import { configToken } from '../media-tokens.js';
import { RecordingHandler } from './recording.handler.js';

/** Recording of streams into files. */
@Module({
  controllers: [RecordingHandler],
  providers: [
    {
      provide: RecordingFiles,
      useFactory: ({ recording }: MediaConfig) => new RecordingFiles(recording?.dir),
      inject: [configToken],
    },
  ],
})
export class RecordingModule {}
