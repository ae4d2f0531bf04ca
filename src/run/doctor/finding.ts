/** What `rota doctor` looks at, in the order in which it says so. */
export const AREAS = [
  'git',
  'repository',
  'identity',
  'config',
  'remote',
  'gate',
  'agents',
  'isolation',
  'disk',
  'leftovers',
] as const;
export type Area = (typeof AREAS)[number];

/** One thing that rota doctor looked at. */
export interface Finding {
  readonly area: Area;
  /** `bad`: a run would fail or never start. `warning`: it works, with less than a person may think. */
  readonly state: 'good' | 'warning' | 'bad';
  /** One line; may hold what files and programs say. */
  readonly says: string;
  /** What to do about it; null where nothing has to be done. */
  readonly mend: string | null;
}
