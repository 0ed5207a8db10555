import { z } from 'zod';
import { defineEvent } from '../define.js';
import { appIdSchema } from '../ids.js';

/** The endpoints of an AppID, or whether it is enabled, have changed: senders read them again. */
export const webhooksChanged = defineEvent('event.auth.webhooksChanged', {
  payload: z.strictObject({ appId: appIdSchema }),
});
