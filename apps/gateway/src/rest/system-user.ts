import { type User } from '@polyroom/contracts';

/** In whose name an application server sends that names nobody. */
export const systemUser: User = { userId: '$system', userName: 'System' };
