import { describeErrorCode } from '@polyroom/sdk';
import { Player } from './player.js';

export default function Page() {
  return (
    <main>
      <p id="server">{describeErrorCode(1002001)}</p>
      <Player />
    </main>
  );
}
