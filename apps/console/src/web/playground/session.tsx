import { AudioUnlock, RoomsProvider, useClient } from '@polyroom/react';
import { type ReactNode, useEffect, useState } from 'react';
import { Header } from './header.js';
import { JoinAnother } from './join/join-another.js';
import { type Described, watchClient } from './log/describe-event.js';
import { ConnectionCounter } from './network/connection-counter.js';
import { NetworkSwitch } from './network/network-switch.js';
import { usePlayground } from './playground-context.js';
import { PublishPanel } from './publish/publish-panel.js';
import { useOwnStream } from './publish/use-own-stream.js';
import { RoomCard } from './room/room-card.js';
import { SessionActions } from './session-actions.js';
import { texts } from './texts.js';
import { TokenPanel } from './token-panel.js';

interface SessionProps {
  onEvent(described: Described): void;
  /** Notices. */
  children: ReactNode;
}

/** One client for all rooms, from the join until the user leaves all. */
export function Session({ children, onEvent }: SessionProps): ReactNode {
  const { config, state } = usePlayground();
  const [network] = useState(() => new NetworkSwitch(WebSocket, window));
  const { appId, gateway, roomMode, token, userId, userName } = state;
  const demo = config.demoApps.find((app) => String(app.appId) === appId);
  const appSign = state.appSign || demo?.appSign;
  const options = {
    appId: Number(appId),
    ...(appSign !== undefined && token === '' ? { appSign } : {}),
    // The chosen gateway first; the client tries the others when it fails.
    server: [...new Set([gateway, ...config.gateways])].filter(Boolean),
    roomMode,
    platform: { WebSocket: network.WebSocket },
  };
  return (
    <RoomsProvider options={options} user={{ userId, userName: userName || userId }}>
      <Stage network={network} onEvent={onEvent}>
        {children}
      </Stage>
    </RoomsProvider>
  );
}

function Stage({ children, network, onEvent }: SessionProps & { network: NetworkSwitch }): ReactNode {
  const { state } = usePlayground();
  const client = useClient();
  useEffect(() => (client === undefined ? undefined : watchClient(client, onEvent)), [client, onEvent]);
  const own = useOwnStream();
  return (
    <>
      <Header>
        <ConnectionCounter network={network} />
        <SessionActions />
      </Header>
      <main className="session" tabIndex={-1}>
        {children}
        <div className="side">
          <JoinAnother />
          <PublishPanel own={own} />
          {state.token !== '' && <TokenPanel />}
        </div>
        <section className="rooms" aria-label={texts.join.title}>
          <AudioUnlock className="primary unlock">{texts.session.playAudio}</AudioUnlock>
          {state.roomIds.map((roomId) => (
            <RoomCard key={roomId} roomId={roomId} own={own} />
          ))}
          {state.roomIds.length === 0 && <p className="nothing">{texts.session.noRooms}</p>}
        </section>
      </main>
    </>
  );
}
