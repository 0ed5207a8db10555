import { Module } from '@nestjs/common';
import { PipeHandler } from './pipe.handler.js';

/** Streams between media nodes. */
@Module({ controllers: [PipeHandler] })
export class PipesModule {}
