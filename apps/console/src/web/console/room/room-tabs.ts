export const roomTabs = ['members', 'streams', 'messages', 'attributes'] as const;
export type RoomTab = (typeof roomTabs)[number];

export const isRoomTab = (value: unknown): value is RoomTab => roomTabs.includes(value as RoomTab);
