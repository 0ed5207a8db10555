import { Module } from '@nestjs/common';
import { MessagesModule } from '@polyroom/session';
import { AuditModule } from '../audit/audit.module.js';
import { ZegoController } from './zego.controller.js';

/** The server API in the form of ZEGO. */
@Module({ imports: [AuditModule, MessagesModule], controllers: [ZegoController] })
export class ZegoModule {}
