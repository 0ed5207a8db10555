import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type NodeReport } from '@polyroom/contracts';

/** Whether this node takes new sessions. Draining is for good: the process is about to end. */
@Injectable()
export class NodeState {
  /** Of this process: a node that is started again under its name has another one. */
  readonly incarnation = randomUUID();
  private state: NodeReport['state'] = 'active';

  get current(): NodeReport['state'] {
    return this.state;
  }

  get draining(): boolean {
    return this.state === 'draining';
  }

  drain(): void {
    this.state = 'draining';
  }
}
