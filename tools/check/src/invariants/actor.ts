import { type Answer, type Device } from './device.js';
import { type History, type Operation, settle } from './history.js';
import { type Random } from './random.js';

export interface ActorOptions {
  history: History;
  random: Random;
  roomIds: readonly string[];
  /** Opens a new device; undefined if none is available. */
  open: () => Promise<Device | undefined>;
  /** Called before each step: paces by the operations of the previous one; false ends the run. */
  mayGoOn: (operationsBefore: number) => Promise<boolean>;
  /** Called after each answered operation. */
  count: (operation: Operation, device: Device) => void;
  /** Called when a device is no longer used. */
  onGone: (device: Device) => void;
  /** Weight of cutting the connection, relative to the other steps. */
  cutWeight: number;
}

/** The steps of an actor, with their weights. */
const weights = {
  login: 40,
  logout: 22,
  burst: 3,
  race: 6,
  again: 6,
  twice: 4,
  logoutTwice: 3,
  stale: 4,
  end: 2,
  wait: 2,
  switch: 3,
  resume: 2,
};

/** Refusals of a switch after which the old room has been left: the new one is full or bans the user. */
const leftBySwitch = new Set([1002034, 1002066]);
const mostWaitMs = 60;
let devices = 0;

interface Held {
  requestId: number;
  epoch: number | undefined;
}

/** A careless user of one device after the other. Records every call in the history. */
export class Actor {
  private device: Device | undefined;
  private deviceNumber = 0;
  private operationsInStep = 0;
  private nextRequestId = 1;
  /** Whether an answer is missing: the device may hold a room that the model does not know of. */
  private unsure = false;
  private everHeld = false;
  private readonly held = new Map<string, Held>();
  private readonly lastRequests: { roomId: string; requestId: number }[] = [];
  private readonly formerEpochs: { roomId: string; epoch: number }[] = [];

  constructor(private readonly options: ActorOptions) {}

  async run(): Promise<void> {
    while (await this.options.mayGoOn(this.operationsInStep)) {
      this.operationsInStep = 0;
      if (await this.ready()) {
        await this.step();
      }
    }
    await this.finish();
  }

  /** Leaves everything, by one of the possible ways. */
  private async finish(): Promise<void> {
    if (this.device === undefined) {
      return;
    }
    if (this.device.lostAtMs === undefined && !this.unsure && this.options.random.chance(0.7)) {
      const answer = await this.end();
      if (answer.code === 0 && !this.device.survivesEnd) {
        return;
      }
    }
    await this.cut();
  }

  private async ready(): Promise<boolean> {
    const { device } = this;
    if (device !== undefined) {
      const spent = !device.survivesEnd && ((this.everHeld && this.held.size === 0) || this.unsure);
      if (device.lostAtMs === undefined && !spent) {
        return true;
      }
      await this.cut();
    }
    this.device = await this.options.open();
    this.deviceNumber = devices++;
    return this.device !== undefined;
  }

  private async step(): Promise<void> {
    const { random, roomIds } = this.options;
    const roomId = random.pick(roomIds);
    switch (random.weighted({ ...weights, cut: this.options.cutWeight })) {
      case 'login':
        await this.login(roomId);
        return;
      case 'logout':
        await this.logout(this.pickHeld() ?? roomId);
        return;
      case 'burst':
        await Promise.all(roomIds.map((each) => this.login(each)));
        return;
      case 'race': {
        const racing = this.pickHeld() ?? roomId;
        await Promise.all([this.login(racing), this.logout(racing), this.login(roomId)]);
        return;
      }
      case 'again': {
        const last = this.lastRequests.length > 0 ? random.pick(this.lastRequests) : undefined;
        await this.login(last?.roomId ?? roomId, last?.requestId);
        return;
      }
      case 'twice': {
        const requestId = this.nextRequestId++;
        await Promise.all([this.login(roomId, requestId), this.login(roomId, requestId)]);
        return;
      }
      case 'logoutTwice': {
        const leaving = this.pickHeld() ?? roomId;
        await Promise.all([this.logout(leaving), this.logout(leaving)]);
        return;
      }
      case 'stale':
        await this.logoutStale();
        return;
      case 'end':
        await this.end();
        return;
      case 'wait':
        await new Promise((resolve) => setTimeout(resolve, random.below(mostWaitMs)));
        return;
      case 'switch':
        await this.switchRoom(roomId);
        return;
      case 'resume':
        await this.resume();
        return;
      case 'cut':
        await this.cut();
        return;
    }
  }

  /** Switches from one room to another. */
  private async switchRoom(toRoomId: string): Promise<void> {
    const device = this.device!;
    const fromRoomId = this.pickHeld();
    if (device.switchRoom === undefined || fromRoomId === undefined || fromRoomId === toRoomId) {
      return;
    }
    const { history, count } = this.options;
    const requestId = this.nextRequestId++;
    const leaving = history.begin('logout', this.deviceNumber, { roomId: fromRoomId });
    const entering = history.begin('login', this.deviceNumber, {
      roomId: toRoomId,
      requestId: String(requestId),
    });
    const { code } = await device.switchRoom(fromRoomId, toRoomId);
    settle(leaving, code);
    settle(entering, code);
    if (leftBySwitch.has(code)) {
      leaving.outcome = 'ok';
    }
    this.unsure ||= entering.outcome === 'unknown';
    if (leaving.outcome === 'ok') {
      this.held.delete(fromRoomId);
    }
    if (entering.outcome === 'ok') {
      this.held.set(toRoomId, { requestId, epoch: undefined });
    }
    this.operationsInStep += 1;
    count(entering, device);
  }

  /** Loses the connection and resumes at once, racing with the old gateway's cleanup. */
  private async resume(): Promise<void> {
    const device = this.device!;
    if (device.resume === undefined || this.held.size === 0 || this.unsure) {
      return;
    }
    const operation = this.options.history.begin('resume', this.deviceNumber);
    const answer = await this.settle(operation, device.resume());
    operation.roomIds = answer.roomIds;
    // Earlier requests without an answer are not repeated under the IDs of the new socket.
    this.lastRequests.length = 0;
    if (operation.outcome !== 'ok') {
      await this.cut(operation.invokedMs);
    }
  }

  private async login(roomId: string, requestId = this.nextRequestId++): Promise<void> {
    const { history } = this.options;
    const operation = history.begin('login', this.deviceNumber, { roomId, requestId: String(requestId) });
    this.lastRequests.push({ roomId, requestId });
    this.lastRequests.splice(0, this.lastRequests.length - 4);
    const answer = await this.settle(operation, this.device!.login(roomId, requestId));
    operation.epoch = answer.epoch;
    operation.sessionId = answer.sessionId;
    if (operation.outcome === 'ok') {
      this.everHeld = true;
      this.held.set(roomId, { requestId, epoch: answer.epoch });
    } else if (answer.code === 1002050 || answer.code === 1002057) {
      // Evicted: the session has ended, unless the device survives it.
      this.unsure ||= !this.device!.survivesEnd;
      this.held.clear();
    }
  }

  private async logout(roomId: string): Promise<void> {
    const { history } = this.options;
    const epoch = this.held.get(roomId)?.epoch;
    const operation = history.begin('logout', this.deviceNumber, { roomId, epoch });
    await this.settle(operation, this.device!.logout(roomId, epoch));
    if (operation.outcome !== 'unknown' && this.held.get(roomId)?.epoch === epoch) {
      this.held.delete(roomId);
    }
    if (epoch !== undefined) {
      this.formerEpochs.push({ roomId, epoch });
      this.formerEpochs.splice(0, this.formerEpochs.length - 4);
    }
  }

  /** Logs out of a login that has ended, or that never happened. */
  private async logoutStale(): Promise<void> {
    const { history, random, roomIds } = this.options;
    if (this.device!.path === 'gateway') {
      await this.logout(random.pick(roomIds));
      return;
    }
    const former = this.formerEpochs.length > 0 ? random.pick(this.formerEpochs) : undefined;
    const roomId = former?.roomId ?? random.pick(roomIds);
    const current = this.held.get(roomId)?.epoch;
    const epoch = former?.epoch ?? (current === undefined ? 1 : current - 1);
    const operation = history.begin('logout', this.deviceNumber, { roomId, epoch });
    await this.settle(operation, this.device!.logout(roomId, epoch));
  }

  private async end(): Promise<Answer> {
    const operation = this.options.history.begin('end', this.deviceNumber);
    const answer = await this.settle(operation, this.device!.end());
    this.held.clear();
    return answer;
  }

  private async cut(lostAtMs = this.device?.lostAtMs): Promise<void> {
    const { device } = this;
    const operation = this.options.history.begin(device!.hasGrace ? 'cut' : 'end', this.deviceNumber, {
      ...(lostAtMs === undefined ? {} : { invokedMs: lostAtMs }),
    });
    this.device = undefined;
    this.held.clear();
    this.lastRequests.length = 0;
    this.formerEpochs.length = 0;
    this.unsure = false;
    this.everHeld = false;
    this.options.onGone(device!);
    await device!.cut();
    settle(operation, 0);
    this.operationsInStep += 1;
    this.options.count(operation, device!);
  }

  private async settle(operation: Operation, asked: Promise<Answer>): Promise<Answer> {
    const device = this.device!;
    const answer = await asked;
    settle(operation, answer.code);
    this.unsure ||= operation.outcome === 'unknown';
    this.operationsInStep += 1;
    this.options.count(operation, device);
    return answer;
  }

  private pickHeld(): string | undefined {
    return this.held.size === 0 ? undefined : this.options.random.pick([...this.held.keys()]);
  }
}
