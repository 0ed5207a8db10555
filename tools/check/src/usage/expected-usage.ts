/** What is compared; the names of `GET …/usage`. */
export interface Figures {
  sessionMinutes: number;
  memberMinutes: number;
  messages: number;
  messageBytes: number;
  sentBytes: number;
  receivedBytes: number;
}

export const figureNames = [
  'sessionMinutes',
  'memberMinutes',
  'messages',
  'messageBytes',
  'sentBytes',
  'receivedBytes',
] as const satisfies (keyof Figures)[];

export const noFigures: Figures = {
  sessionMinutes: 0,
  memberMinutes: 0,
  messages: 0,
  messageBytes: 0,
  sentBytes: 0,
  receivedBytes: 0,
};

/** Sums what the script did, by room and by user. */
export class ExpectedUsage {
  readonly byRoom = new Map<string, Figures>();
  readonly byUser = new Map<string, Figures>();

  add(userId: string, roomId: string | undefined, figures: Partial<Figures>): void {
    addTo(this.byUser, userId, figures);
    addTo(this.byRoom, roomId ?? '', figures);
  }

  get total(): Figures {
    return sumOf([...this.byUser.values()]);
  }
}

export function sumOf(rows: readonly Figures[]): Figures {
  const sum = { ...noFigures };
  for (const row of rows) {
    figureNames.forEach((name) => (sum[name] += row[name]));
  }
  return sum;
}

/** The largest difference of a figure, as a share of what is expected; 0 if both are 0. */
export function differenceOf(expected: Figures, counted: Figures): { name: keyof Figures; share: number } {
  const differences = figureNames.map((name) => ({
    name,
    share: expected[name] === counted[name] ? 0 : Math.abs(counted[name] - expected[name]) / expected[name],
  }));
  return differences.reduce((largest, each) => (each.share > largest.share ? each : largest));
}

function addTo(rows: Map<string, Figures>, key: string, figures: Partial<Figures>): void {
  const row = rows.get(key) ?? { ...noFigures };
  rows.set(key, row);
  figureNames.forEach((name) => (row[name] += figures[name] ?? 0));
}
