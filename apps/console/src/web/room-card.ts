import {
  type ZegoBroadcastMessageInfo,
  ZegoRoomStateChangedReason,
  type ZegoStream,
  type ZegoUser,
} from '@polyroom/zego';
import { element } from './dom.js';

export interface RoomCardActions {
  leave(roomID: string): void;
  publish(roomID: string): void;
  unpublish(roomID: string): void;
  play(streamID: string, roomID: string): void;
  stop(streamID: string, roomID: string): void;
  send(roomID: string, message: string): Promise<boolean>;
}

const maxChatLines = 200;

/** One room: its state, members, streams and chat. */
export class RoomCard {
  readonly root: HTMLElement;
  readonly members = new Map<string, ZegoUser>();
  readonly streams = new Map<string, ZegoStream>();
  private readonly badge = element('span', { className: 'badge', aria: { role: 'status' } });
  private readonly share = element('button', { type: 'button', className: 'share' });
  private readonly memberList = element('ul', { className: 'members' });
  private readonly streamList = element('ul', { className: 'streams' });
  private readonly chat = element('ol', { className: 'chat', tabIndex: 0, aria: { live: 'polite' } });
  private shown = false;

  constructor(
    readonly roomID: string,
    private readonly actions: RoomCardActions,
  ) {
    const text = element('input', {
      placeholder: 'Message',
      autocomplete: 'off',
      aria: { label: `Message to ${roomID}` },
    });
    const form = element('form', { className: 'send' }, text, element('button', { type: 'submit' }, 'Send'));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void actions.send(roomID, text.value).then((sent) => {
        if (sent) {
          text.value = '';
        }
      });
    });
    this.share.addEventListener('click', () =>
      this.shown ? actions.unpublish(roomID) : actions.publish(roomID),
    );
    this.root = element(
      'article',
      { className: 'room panel', aria: { label: `Room ${roomID}` } },
      element(
        'header',
        {},
        element('h3', {}, roomID),
        this.badge,
        element(
          'button',
          {
            type: 'button',
            aria: { label: `Leave ${roomID}` },
            onEvent: { click: () => actions.leave(roomID) },
          },
          'Leave',
        ),
      ),
      this.share,
      element('h4', {}, 'Streams'),
      this.streamList,
      element('h4', {}, 'Members'),
      this.memberList,
      element('h4', {}, 'Chat'),
      this.chat,
      form,
    );
    this.root.dataset['room'] = roomID;
    this.showState(ZegoRoomStateChangedReason.Logining);
    this.showShared(false, false);
    this.showMembers();
    this.showStreams(new Map());
  }

  showState(reason: ZegoRoomStateChangedReason): void {
    this.badge.textContent = ZegoRoomStateChangedReason[reason].toLowerCase();
    this.badge.dataset['state'] = this.badge.textContent;
  }

  /** Whether this user's stream is shown here, and whether it is shown in any room. */
  showShared(here: boolean, anywhere: boolean): void {
    this.shown = here;
    this.share.textContent = here
      ? 'Unshare my camera'
      : anywhere
        ? 'Share my camera here'
        : 'Publish my camera';
    this.share.setAttribute('aria-pressed', String(here));
  }

  showMembers(): void {
    const names = [...this.members.values()].map((user) =>
      element('li', { className: 'chip', title: user.userID }, user.userName),
    );
    this.memberList.replaceChildren(
      ...(names.length > 0 ? names : [element('li', { className: 'empty' }, 'no other members')]),
    );
  }

  /** `playing` names the streams that this room plays. */
  showStreams(playing: Map<string, string[]>): void {
    const rows = [...this.streams.values()].map((stream) => {
      const isPlaying = playing.get(stream.streamID)?.includes(this.roomID) ?? false;
      return element(
        'li',
        {},
        element('span', { title: `of ${stream.user.userName}` }, stream.streamID),
        element(
          'button',
          {
            type: 'button',
            aria: { label: `${isPlaying ? 'Stop' : 'Play'} ${stream.streamID} in ${this.roomID}` },
            onEvent: {
              click: () =>
                isPlaying
                  ? this.actions.stop(stream.streamID, this.roomID)
                  : this.actions.play(stream.streamID, this.roomID),
            },
          },
          isPlaying ? 'Stop' : 'Play',
        ),
      );
    });
    this.streamList.replaceChildren(
      ...(rows.length > 0 ? rows : [element('li', { className: 'empty' }, 'no streams from other members')]),
    );
  }

  addMessage(info: Pick<ZegoBroadcastMessageInfo, 'message' | 'fromUser'>, own: boolean): void {
    this.chat.append(
      element('li', { className: own ? 'own' : '' }, element('b', {}, info.fromUser.userName), info.message),
    );
    while (this.chat.children.length > maxChatLines) {
      this.chat.firstElementChild?.remove();
    }
    this.chat.scrollTop = this.chat.scrollHeight;
  }
}
