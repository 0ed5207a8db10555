import { ZegoRoomMode, type ZegoUser } from '@polyroom/zego';
import { element } from './dom.js';
import { type PageConfig } from './page-config.js';

export interface EngineSettings {
  appID: number;
  appSign: string;
  server: string[];
}

export interface SidePanelActions {
  /** The user chose a mode; returns whether it was set. */
  setMode(mode: ZegoRoomMode): boolean;
  destroyEngine(): void;
  openCamera(): void;
  closeCamera(): void;
}

/** User, gateway, app and mode; and the camera. */
export class SidePanel {
  private readonly app = element('select', { id: 'app' });
  private readonly appID = element('input', { id: 'app-id', inputMode: 'numeric', autocomplete: 'off' });
  private readonly appSign = element('input', { id: 'app-sign', autocomplete: 'off', spellcheck: false });
  private readonly gateway = element('select', { id: 'gateway' });
  private readonly userID = element('input', { id: 'user-id', autocomplete: 'off' });
  private readonly userName = element('input', { id: 'user-name', autocomplete: 'off' });
  private readonly mode = element(
    'select',
    { id: 'mode' },
    element('option', { value: String(ZegoRoomMode.MultiRoom) }, 'Multi-room'),
    element('option', { value: String(ZegoRoomMode.SingleRoom) }, 'Single-room'),
  );
  private readonly engineState = element('span', { className: 'badge' }, 'no engine');
  private readonly destroy = element('button', { type: 'button', disabled: true }, 'Destroy engine');
  private readonly preview = element('video', {
    className: 'preview',
    muted: true,
    autoplay: true,
    playsInline: true,
    aria: { label: 'Your camera' },
  });
  private readonly camera = element('button', { type: 'button', id: 'camera' }, 'Start camera');
  private chosenMode = ZegoRoomMode.MultiRoom;

  constructor(
    root: HTMLElement,
    private readonly config: PageConfig,
    actions: SidePanelActions,
  ) {
    const guest = `guest-${Math.random().toString(36).slice(2, 6)}`;
    this.userID.value = guest;
    this.userName.value = guest;
    this.app.addEventListener('change', () => this.chooseApp());
    this.mode.addEventListener('change', () => {
      const mode: ZegoRoomMode = Number(this.mode.value);
      if (actions.setMode(mode)) {
        this.chosenMode = mode;
      } else {
        this.mode.value = String(this.chosenMode);
      }
    });
    this.destroy.addEventListener('click', () => actions.destroyEngine());
    this.camera.addEventListener('click', () =>
      this.preview.srcObject === null ? actions.openCamera() : actions.closeCamera(),
    );
    root.append(
      element(
        'section',
        { className: 'panel form', aria: { label: 'Connection' } },
        element('div', { className: 'panel-head' }, element('h2', {}, 'You'), this.engineState),
        field('App', this.app),
        element(
          'details',
          {},
          element('summary', {}, 'Credentials'),
          field('AppID', this.appID),
          field('AppSign', this.appSign),
        ),
        field('Gateway', this.gateway),
        field('User ID', this.userID),
        field('User name', this.userName),
        field('Room mode', this.mode),
        this.destroy,
      ),
      element(
        'section',
        { className: 'panel form', aria: { label: 'Camera' } },
        element('h2', {}, 'Camera and microphone'),
        this.preview,
        this.camera,
      ),
    );
    // Opens the credentials if there are no demo AppIDs, so they must be in the page.
    this.fillSelects();
  }

  get user(): ZegoUser {
    return { userID: this.userID.value, userName: this.userName.value };
  }

  get roomMode(): ZegoRoomMode {
    return this.chosenMode;
  }

  get settings(): EngineSettings {
    const chosen = this.gateway.value;
    // The chosen gateway first; the SDK falls back to the other ones.
    return {
      appID: Number(this.appID.value),
      appSign: this.appSign.value.trim(),
      server: [chosen, ...this.config.gateways.filter((url) => url !== chosen)],
    };
  }

  showEngine(exists: boolean): void {
    this.engineState.textContent = exists ? 'engine ready' : 'no engine';
    this.engineState.dataset['state'] = exists ? 'logined' : '';
    this.destroy.disabled = !exists;
    for (const control of [this.app, this.appID, this.appSign, this.gateway]) {
      control.disabled = exists;
    }
  }

  showCamera(stream: MediaStream | undefined): void {
    this.preview.srcObject = stream ?? null;
    this.camera.textContent = stream === undefined ? 'Start camera' : 'Stop camera';
  }

  private fillSelects(): void {
    this.app.append(
      ...this.config.demoApps.map((app) => element('option', { value: String(app.appId) }, app.name)),
      element('option', { value: '' }, 'Other …'),
    );
    this.gateway.append(...this.config.gateways.map((url) => element('option', { value: url }, url)));
    this.chooseApp();
  }

  private chooseApp(): void {
    const app = this.config.demoApps.find((candidate) => String(candidate.appId) === this.app.value);
    this.appID.value = app === undefined ? '' : String(app.appId);
    this.appSign.value = app?.appSign ?? '';
    const details = this.appID.closest('details');
    if (details !== null && app === undefined) {
      details.open = true;
    }
  }
}

function field(label: string, control: HTMLElement): HTMLElement {
  return element('label', { className: 'field', htmlFor: control.id }, element('span', {}, label), control);
}
