import { type ClientDump, type ClientEvents } from '../client-types.js';
import { type Emitter } from '../emitter.js';
import { type MediaSlot } from '../media/media-slot.js';

export interface QualityMonitorOptions {
  slot: MediaSlot;
  events: Emitter<ClientEvents>;
  publishing(): ClientDump['publications'];
  playing(): ClientDump['subscriptions'];
}
