import * as sdk from '@polyroom/zego';
import { attempt } from './notices.js';
import { loadPageConfig } from './page-config.js';
import { Playground } from './playground.js';

window.polyroom = sdk;

attempt('Starting the page', async () => {
  new Playground(await loadPageConfig());
});
