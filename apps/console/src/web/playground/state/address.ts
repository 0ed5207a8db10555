/** What the fragment of a link to the playground has. */
export interface Address {
  appId: string | undefined;
  userId: string | undefined;
  roomIds: string[];
  /** Credentials of an app that is no demo. The page removes them from the address at once. */
  appSign: string | undefined;
  token: string | undefined;
}

/** Reads `#appId=1&user=ada&room=stage&room=backstage`, with `appSign` and `token` where they are needed. */
export function readAddress(hash: string): Address {
  const fields = new URLSearchParams(hash.replace(/^#/, ''));
  const read = (name: string): string | undefined => fields.get(name)?.trim() || undefined;
  return {
    appId: read('appId'),
    userId: read('user'),
    roomIds: distinct(fields.getAll('room')),
    appSign: read('appSign'),
    token: read('token'),
  };
}

/** A fragment without credentials. An invitation leaves out the user. */
export function writeAddress({
  appId,
  roomIds,
  userId,
}: {
  appId: string;
  userId?: string | undefined;
  roomIds: readonly string[];
}): string {
  const fields = new URLSearchParams();
  if (appId !== '') {
    fields.set('appId', appId);
  }
  if (userId !== undefined) {
    fields.set('user', userId);
  }
  roomIds.forEach((roomId) => fields.append('room', roomId));
  return `#${fields}`;
}

/** The rooms that a text names, separated by commas or line breaks. */
export function readRoomIds(text: string): string[] {
  return distinct(text.split(/[,\n]/));
}

function distinct(names: string[]): string[] {
  return [...new Set(names.map((name) => name.trim()).filter(Boolean))];
}

/** The name that follows: `room1` becomes `room2`. Empty without a number at the end. */
export function nextRoomId(roomId: string): string {
  const [, name, number] = /^(.*?)(\d{1,9})$/.exec(roomId) ?? [];
  return number === undefined ? '' : `${name}${Number(number) + 1}`;
}
