import * as sdk from '@polyroom/zego';

declare global {
  interface Window {
    /** The complete SDK, for tests that drive a real browser and for the browser's console. */
    polyroom: typeof sdk;
  }
}

window.polyroom = sdk;
