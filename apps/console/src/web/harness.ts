import * as core from '@polyroom/sdk';
import * as sdk from '@polyroom/zego';

declare global {
  interface Window {
    /** The complete SDK, for tests that drive a real browser and for the browser's console. */
    polyroom: typeof sdk;
    /** The core, without the names of ZEGO. */
    polyroomSdk: typeof core;
  }
}

window.polyroom = sdk;
window.polyroomSdk = core;
