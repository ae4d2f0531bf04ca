import type { FleetReport } from './fleet.ts';
import type { RotaRun } from './machine.ts';

/** What a fleet took. Times are seconds. */
export interface Figures {
  /** How runs ended -> how often. */
  readonly outcomes: ReadonlyMap<string, number>;
  /** Tasks that were taken, each as often as it was. */
  readonly claims: number;
  /** All workers from the first start to the last landing. */
  readonly machineTime: number;
  /** Of it, with a process of rota. */
  readonly running: number;
  readonly lostClaims: Lost;
  /** Gates that ran in vain, because main had moved when they were green, and pushes of landings that came too late. */
  readonly lostLandings: Lost;
  /** What lost races took, of the machine time. */
  readonly lostShare: number;
  readonly claim: Spread;
  /** Of each claim, what was spent with the remote. */
  readonly trips: Spread;
  /** The whole of each run that landed. */
  readonly whole: Spread;
  /** The slowest claim beside the median. */
  readonly slowest: number;
}

export interface Lost {
  readonly count: number;
  readonly seconds: number;
}

export interface Spread {
  readonly median: number;
  readonly p99: number;
  readonly worst: number;
}

interface Doc {
  readonly outcome: string;
  readonly task: string | null;
  readonly seconds: Readonly<Record<string, number>>;
}

/** A run says of each race that it lost what it was about and how long that took (src/cli/report/event-words.ts). */
const RACE = /^\d\d:\d\d:\d\d \S+ \S+ race lost (?:the (claim|landing)|\S+).*? after ([\d.]+) s/gm;

export function figuresOf({ runs, seconds, wish }: FleetReport): Figures {
  const all = runs.filter(({ args }) => args[0] === 'run');
  const docs = all.flatMap((run): { run: RotaRun; doc: Doc }[] => {
    const doc = parse(run.stdout);
    return doc === null ? [] : [{ run, doc }];
  });
  const outcomes = new Map<string, number>();
  for (const { doc } of docs) outcomes.set(doc.outcome, (outcomes.get(doc.outcome) ?? 0) + 1);
  const claimed = docs.filter(({ doc }) => doc.task !== null);
  const machineTime = wish.clones * wish.workers * seconds;
  const races = all.flatMap(({ stderr }) => [...stderr.matchAll(RACE)]);
  const lost = (what: string): Lost => {
    const own = races.filter((race) => race[1] === what);
    return { count: own.length, seconds: own.reduce((sum, race) => sum + Number(race[2]), 0) };
  };
  const [lostClaims, lostLandings] = [lost('claim'), lost('landing')];
  const claim = spread(claimed.map(({ doc }) => doc.seconds['claim']!));
  return {
    ...{ outcomes, claims: claimed.length, machineTime, lostClaims, lostLandings, claim },
    running: all.reduce((sum, { began, ended }) => sum + (ended - began) / 1000, 0),
    lostShare: (lostClaims.seconds + lostLandings.seconds) / machineTime,
    trips: spread(claimed.map(({ run }) => tripsOfClaim(run.stderr))),
    whole: spread(
      claimed.filter(({ doc }) => doc.outcome === 'landed').map(({ run }) => (run.ended - run.began) / 1000),
    ),
    slowest: claim.worst / claim.median,
  };
}

/** Seconds with the remote until the claim was over, as --verbose notes them. */
function tripsOfClaim(stderr: string): number {
  const until = stderr.search(/^\d\d:\d\d:\d\d \S+ (?!-)\S+ claim /m);
  const trips = stderr.slice(0, until).matchAll(/^remote: \S+, (\d+) ms/gm);
  return [...trips].reduce((sum, [, ms]) => sum + Number(ms) / 1000, 0);
}

function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { median: at(0.5), p99: at(0.99), worst: at(1) };
}

function parse(stdout: string): Doc | null {
  try {
    const doc = JSON.parse(stdout);
    return typeof doc?.outcome === 'string' ? doc : null;
  } catch {
    return null;
  }
}
