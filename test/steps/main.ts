import { argv, exit } from 'node:process';
import { numberIn, optionValues, refuse } from '../../scripts/option-values.mjs';
import { conduct } from './conduct.ts';
import { bePart } from './part.ts';
import { SCENARIOS } from './scenarios.ts';

const USAGE = `npm run steps -- [--scenario NAME] [--seed S] [--from n] [--to m] [--sample F] [--only deaths|errors] [--workers W] [--verbose]
Dies, and fails, at every changing step of every scenario; sweeps at most twice; checks everything.
  --scenario NAME  this one only
  --seed S         which error each step meets, and the sample (default 1)
  --from n --to m  only these changing steps
  --sample F       only this share of the trials (default 1: all)
  --only WHAT      deaths or errors
  --workers W      processes at once (default 2)
  --verbose        also tells how far it is, and which errors made no difference
`;

/** Exits with 1 when something does not hold. */
async function main(): Promise<void> {
  if (argv[2] === '--part') return bePart();
  const values = optionValues(USAGE, {
    scenario: { type: 'string' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '1' },
    to: { type: 'string', default: '1000000' },
    sample: { type: 'string', default: '1' },
    only: { type: 'string' },
    workers: { type: 'string', default: '2' },
    verbose: { type: 'boolean', default: false },
  });
  const scenarios = SCENARIOS.filter(({ name }) => values.scenario === undefined || name === values.scenario);
  if (scenarios.length === 0)
    refuse(`There is no such scenario; there are: ${SCENARIOS.map(({ name }) => name).join('; ')}`, USAGE);
  const { only = null } = values;
  if (only !== null && only !== 'deaths' && only !== 'errors') refuse(`There is no ${only} to try.`, USAGE);
  const number = (name: string) => numberIn(USAGE, values, name);
  const healed = await conduct(scenarios, {
    ...{ seed: number('seed'), from: number('from'), to: number('to') },
    ...{
      sample: numberIn(USAGE, values, 'sample', { parts: true }),
      workers: numberIn(USAGE, values, 'workers', { least: 1 }),
    },
    ...{ only, verbose: values.verbose },
  });
  exit(healed ? 0 : 1);
}

await main();
