import * as sdk from '@polyroom/sdk';

declare global {
  interface Window {
    /** The whole SDK, for tests that drive a real browser and for the browser's own console. */
    polyroom: typeof sdk;
  }
}

window.polyroom = sdk;
