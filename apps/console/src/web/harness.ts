import * as core from '@polyroom/sdk';
import * as sdk from '@polyroom/zego';
import * as web from '@polyroom/zego/web';

declare global {
  interface Window {
    /** The complete SDK, for tests that drive a real browser and for the browser's console. */
    polyroom: typeof sdk;
    /** The names of ZEGO's Web SDK. */
    polyroomWeb: typeof web;
    /** The core, without the names of ZEGO. */
    polyroomSdk: typeof core;
  }
}

window.polyroom = sdk;
window.polyroomWeb = web;
window.polyroomSdk = core;
