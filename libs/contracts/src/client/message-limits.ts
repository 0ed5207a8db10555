/** Users that one message may name; an empty list means all members of the room. */
export const maxRecipients = 10;
/** Rooms of one send. */
export const maxRoomsOfOneSend = 100;
/** Messages in one event, response or callback. */
export const maxMessagesAtOnce = 50;
