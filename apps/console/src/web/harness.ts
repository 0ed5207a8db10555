import * as sdk from '@polyroom/sdk';

declare global {
  interface Window {
    /** The complete SDK, for tests that drive a real browser and for the browser's console. */
    polyroom: typeof sdk;
  }
}

window.polyroom = sdk;
