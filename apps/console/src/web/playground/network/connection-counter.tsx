import { useClient, useRooms } from '@polyroom/react';
import { type ClientDump, type ClientEvents } from '@polyroom/sdk';
import { type ReactNode, useEffect, useState, useSyncExternalStore } from 'react';
import { usePlayground } from '../playground-context.js';
import { texts } from '../texts.js';
import { type NetworkSwitch } from './network-switch.js';

const t = texts.counter;
const none: ClientDump['peerConnections'] = { send: 0, recv: 0 };
/** After these the client may have other peer connections. */
const changes: (keyof ClientEvents)[] = ['roomStateChanged', 'publicationChanged', 'subscriptionChanged'];

/** Rooms, sockets and peer connections of this page, and the switch of its network. */
export function ConnectionCounter({ network }: { network: NetworkSwitch }): ReactNode {
  const { showCode } = usePlayground();
  const rooms = useRooms().filter(({ state }) => state !== 'joining').length;
  const sockets = useSyncExternalStore(network.subscribe, network.countOpen);
  const isCut = useSyncExternalStore(network.subscribe, network.isCut);
  const { recv, send } = usePeerConnections();
  return (
    <div className="network">
      <p className="counter" role="status" aria-label={t.label}>
        <span>{t.rooms(rooms)}</span>
        <b data-sockets={sockets}>{t.sockets(sockets)}</b>
        <span>{t.peers(send, recv)}</span>
        {isCut && <span className="failed">{t.isCut}</span>}
      </p>
      <button
        type="button"
        className={isCut ? 'primary' : undefined}
        onClick={() => {
          network.setCut(!isCut);
          showCode({ type: 'network' });
        }}
      >
        {isCut ? t.restore : t.cut}
      </button>
    </div>
  );
}

function usePeerConnections(): ClientDump['peerConnections'] {
  const client = useClient();
  const [count, setCount] = useState(none);
  useEffect(() => {
    if (client === undefined) {
      return;
    }
    const update = (): void => setCount(client.dump().peerConnections);
    const removers = changes.map((name) => client.on(name, update));
    return () => removers.forEach((remove) => remove());
  }, [client]);
  return count;
}
