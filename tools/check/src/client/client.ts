import { Random } from '../invariants/random.js';
import { ClientWorld } from './client-world.js';
import { type ClientCheckOptions, parseClientCheckOptions } from './options.js';
import { type SequenceResult, runSequence } from './sequence.js';
import { Summary } from './summary.js';
import { removeIntentQueue } from './without-queue.js';

/** Of the sequences; the networks of the others work. */
const faultyShare = 0.75;
/** Sequences at most until the SDK without its queue is caught. */
const brokenSequences = 80;
/** Pages cost much more than clients in this process. */
const pageSequencesAtATime = 1;
const progressMs = 15_000;

/**
 * Runs random sequences of SDK calls over networks that fail, and compares the views of the SDK, the servers and
 * the viewers after each. True if they were always equal, and if an SDK without its intent queue was caught.
 */
export async function checkClient(rootDir: string, args: string[]): Promise<boolean> {
  const options = parseClientCheckOptions(args);
  const startedAtMs = performance.now();
  const log = (text: string): void => {
    const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(0).padStart(4);
    process.stdout.write(`[${seconds} s] ${text}\n`);
  };
  log(`seed ${options.seed}; to repeat: npm run check:client -- --seed ${options.seed}`);
  const unhandled: string[] = [];
  process.on('unhandledRejection', (error) => unhandled.push(`unhandled rejection: ${String(error)}`));
  const world = await ClientWorld.start(rootDir, options.pages > 0);
  try {
    const check = new ClientCheck(world, options, log);
    const isCaught = options.only !== undefined || (await check.catchBrokenSdk());
    // Rejections of the SDK without its queue do not count.
    unhandled.length = 0;
    const summary = await check.run();
    unhandled.forEach((text) => summary.addViolation('process', text));
    log(summary.describe());
    if (!isCaught) {
      log('the SDK without its intent queue was not caught: the check does not find what it is for');
    }
    return isCaught && summary.violations.length === 0;
  } finally {
    await world.close();
  }
}

class ClientCheck {
  private readonly random: Random;

  constructor(
    private readonly world: ClientWorld,
    private readonly options: ClientCheckOptions,
    private readonly log: (text: string) => void,
  ) {
    this.random = new Random(options.seed);
  }

  /** Runs sequences against an SDK with an injected fault: one must find it that passes without the fault. */
  async catchBrokenSdk(): Promise<boolean> {
    const { parallel } = this.options;
    const runOne = (number: number): Promise<SequenceResult> =>
      this.runOne(`broken-${number}`, { withFaults: false, withPages: false });
    for (let first = 1; first <= brokenSequences; first += parallel) {
      const numbers = Array.from({ length: parallel }, (_, index) => first + index);
      const restore = removeIntentQueue();
      const results = await Promise.all(numbers.map(runOne)).finally(restore);
      for (const [index, number] of numbers.entries()) {
        const [violation] = results[index]!.violations;
        if (violation !== undefined && (await runOne(number)).violations.length === 0) {
          this.log(`the SDK without its intent queue: caught by sequence ${number}: ${violation}`);
          return true;
        }
      }
    }
    return false;
  }

  async run(): Promise<Summary> {
    const { only, pages, parallel, sequences } = this.options;
    const numbers = only === undefined ? Array.from({ length: sequences }, (_, index) => index + 1) : [only];
    const everyPage = pages === 0 ? Infinity : Math.round(100 / pages);
    const isInPages = (number: number): boolean => number % everyPage === 0;
    const queues = [
      { numbers: numbers.filter((number) => !isInPages(number)), atATime: parallel, withPages: false },
      { numbers: numbers.filter(isInPages), atATime: pageSequencesAtATime, withPages: true },
    ];
    const summary = new Summary();
    const timer = setInterval(() => this.log(summary.progress(numbers.length)), progressMs);
    const work = async ({ numbers: left, withPages }: (typeof queues)[number]): Promise<void> => {
      for (let number = left.shift(); number !== undefined; number = left.shift()) {
        const withFaults = this.random.derive(`faults ${number}`).chance(faultyShare);
        const result = await this.runOne(String(number), { withFaults, withPages });
        summary.add(number, result);
        if (result.violations.length > 0) {
          this.log(this.describeFailure(number, result));
        }
      }
    };
    await Promise.all(queues.flatMap((queue) => Array.from({ length: queue.atATime }, () => work(queue))));
    clearInterval(timer);
    return summary;
  }

  private runOne(name: string, kind: { withFaults: boolean; withPages: boolean }): Promise<SequenceResult> {
    const random = this.random.derive(`sequence ${name}`);
    return runSequence({ world: this.world, name: `s${name}`, random, ...kind });
  }

  private describeFailure(number: number, { log, violations }: SequenceResult): string {
    const again = `npm run check:client -- --seed ${this.options.seed} --only ${number}`;
    return [`sequence ${number} (${again}):`, ...violations, ...log].join('\n    ');
  }
}
