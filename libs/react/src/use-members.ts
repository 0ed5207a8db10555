import { type User } from '@polyroom/sdk';
import { none } from './client-view.js';
import { useView } from './rooms-provider.js';

/** The other members of a room. `useRoom` enters it. */
export function useMembers(roomId: string): readonly User[] {
  return useView((view) => view?.room(roomId)?.members ?? none);
}
