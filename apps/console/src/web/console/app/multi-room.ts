/** The limits beside the multi-room switch. */
export const multiRoomLimits = ['maxRoomsPerUser', 'maxMembersPerRoom', 'maxRooms'] as const;
export type MultiRoomLimit = (typeof multiRoomLimits)[number];
