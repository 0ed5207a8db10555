import { type Emitter } from '../emitter.js';
import { type MediaSlot } from '../media/media-slot.js';
import { type ZegoEngineDump, type ZegoEvents } from '../zego-types.js';

export interface QualityMonitorOptions {
  slot: MediaSlot;
  events: Emitter<ZegoEvents>;
  publishing(): ZegoEngineDump['publishing'];
  playing(): ZegoEngineDump['playing'];
}
