import { messageActions } from './message-actions.js';
import { roomActions } from './room-actions.js';
import { ruleActions } from './rule-actions.js';
import { streamActions } from './stream-actions.js';
import { streamRuleActions } from './stream-rule-actions.js';
import { type ZegoAction } from './zego-action.js';

/** The actions of ZEGO's server API that this one has, by name. */
export const zegoActions: ReadonlyMap<string, ZegoAction> = new Map(
  Object.entries({
    ...roomActions,
    ...messageActions,
    ...ruleActions,
    ...streamActions,
    ...streamRuleActions,
  }),
);
