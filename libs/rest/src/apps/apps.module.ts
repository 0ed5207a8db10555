import { Module } from '@nestjs/common';
import { ApiKeysController } from './api-keys.controller.js';
import { AppsController } from './apps.controller.js';

/** AppIDs, and the API keys of their application servers. */
@Module({ controllers: [ApiKeysController, AppsController] })
export class AppsModule {}
