import { type User } from '@polyroom/contracts';

/** Sender of messages of application servers that name no user. */
export const systemUser: User = { userId: '$system', userName: 'System' };
