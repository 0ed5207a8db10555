import { type DemoApp } from '../../page-config.js';
import { type Address, writeAddress } from './address.js';
import { atRest, type PageState } from './page-state.js';

const storageKey = 'polyroom.playground';

/** The part of a page's storage that is used. Each tab has its own. */
export type TabStorage = Pick<Storage, 'getItem' | 'setItem'>;

/** A browser may refuse the storage to a page. */
export function tabStorage(): TabStorage {
  try {
    return sessionStorage;
  } catch {
    return { getItem: () => null, setItem: () => undefined };
  }
}

/** The state after a load: of this tab before, as far as the address does not say otherwise. */
export function restoreState(
  address: Address,
  storage: TabStorage,
  demoApps: readonly DemoApp[],
  guestId: string,
): PageState {
  const kept = read(storage);
  const appId = address.appId ?? kept.appId ?? String(demoApps[0]?.appId ?? '');
  const isSameApp = appId === kept.appId;
  const appSign = address.appSign ?? (isSameApp ? kept.appSign : undefined) ?? '';
  const token = address.token ?? (isSameApp ? kept.token : undefined) ?? '';
  const hasCredentials = appSign !== '' || token !== '' || isDemo(demoApps, appId);
  const isSameUser = isSameApp && kept.userId === address.userId;
  return {
    ...atRest,
    camera: undefined,
    microphone: undefined,
    gateway: '',
    roomMode: 'multi',
    ...kept,
    ...(isSameUser ? {} : atRest),
    // A screen is captured after a click only.
    source: isSameUser && kept.source === 'camera' ? 'camera' : undefined,
    appId,
    appSign,
    token,
    userId: address.userId ?? kept.userId ?? guestId,
    userName: (isSameUser ? kept.userName : undefined) ?? '',
    isIn: address.userId !== undefined && hasCredentials,
    roomIds: address.roomIds,
  };
}

export function isDemo(demoApps: readonly DemoApp[], appId: string): boolean {
  return demoApps.some((app) => String(app.appId) === appId);
}

/** Returns the fragment of the address for the state. */
export function keepState(state: PageState, storage: TabStorage): string {
  try {
    storage.setItem(storageKey, JSON.stringify(state));
  } catch {
    // Full, or switched off: a reload starts with what the address has.
  }
  return writeAddress({
    appId: state.appId,
    roomIds: state.roomIds,
    userId: state.isIn ? state.userId : undefined,
  });
}

function read(storage: TabStorage): Partial<PageState> {
  try {
    const kept: unknown = JSON.parse(storage.getItem(storageKey) ?? '{}');
    return typeof kept === 'object' && kept !== null ? kept : {};
  } catch {
    return {};
  }
}
