import { Client, type ClientOptions, type User } from '@polyroom/sdk';
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { type ClientView } from './client-view.js';
import { Session } from './session.js';

const SessionContext = createContext<Session | undefined>(undefined);

export type RoomsProviderProps = {
  /** The user in all rooms. A change applies to rooms that are entered from then on. */
  user: User;
  children?: ReactNode;
} & (
  | {
      /** The provider creates a client with the options of its first render, and closes it when it unmounts. */
      options: ClientOptions;
      client?: undefined;
    }
  | {
      /** A client of the application, which also closes it. */
      client: Client;
      options?: undefined;
    }
);

/** Gives the hooks and components below it one client: one socket and one session for all rooms. */
export function RoomsProvider({ children, client, options, user }: RoomsProviderProps): ReactNode {
  const [session, setSession] = useState<Session>();
  const latest = useRef({ options, user });
  useEffect(() => {
    latest.current = { options, user };
  });
  useEffect(() => {
    // Created here, because React may discard a render, and a server renders without effects.
    const own = client === undefined ? new Client(latest.current.options!) : undefined;
    const created = new Session(client ?? own!, () => latest.current.user);
    setSession(created);
    return () => {
      created.close();
      void own?.close();
    };
  }, [client]);
  return <SessionContext.Provider value={session}>{children}</SessionContext.Provider>;
}

/** Undefined until the provider has mounted. */
export function useSession(): Session | undefined {
  return useContext(SessionContext);
}

/** The client for what the hooks do not cover. Undefined in the first render, and on a server. */
export function useClient(): Client | undefined {
  return useSession()?.client;
}

const unsubscribed = (): void => undefined;

/** A part of what is known of the client. `select` must return the same value while nothing has changed. */
export function useView<Part>(select: (view: ClientView | undefined) => Part): Part {
  const view = useSession()?.view;
  const subscribe = useCallback((listener: () => void) => view?.subscribe(listener) ?? unsubscribed, [view]);
  return useSyncExternalStore(
    subscribe,
    () => select(view),
    () => select(undefined),
  );
}
