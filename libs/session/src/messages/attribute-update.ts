import { type messagingRpc, type RequestOf, type roomAdminRpc, type User } from '@polyroom/contracts';

type Change = RequestOf<typeof roomAdminRpc.setRoomAttributes>['changes'][number];
type Update = RequestOf<typeof messagingRpc.permitUpdate>;

/** Attribute changes as a moderation request to the messaging service. */
export function toAttributeUpdate(from: User, changes: Change[]): Pick<Update, 'from' | 'kind' | 'texts'> {
  return { from, kind: 'attribute', texts: changes.map(({ key, value }) => ({ key, content: value })) };
}

/** The changes with the values that moderation returned. */
export function withValues(changes: Change[], values: string[]): Change[] {
  return changes.map((change, index) => ({ ...change, value: values[index]! }));
}
