import { z } from 'zod';
import { defineNodeRpc } from '../define.js';
import { appIdSchema } from '../ids.js';
import { recordingIdSchema } from './recording.rpc.js';

/** Ends an order to record that this gateway follows; answers when its files are complete. */
export const endRecordingOrder = defineNodeRpc('gateway', 'endRecordingOrder', {
  request: z.strictObject({ appId: appIdSchema, recordingId: recordingIdSchema }),
  reply: z.strictObject({ streams: z.number().int() }),
  errors: ['RECORDING_NOT_FOUND'],
  timeoutMs: 20_000,
});
