import { build } from '../../scripts/build.mjs';

/** Tests run the built command: it is bundled anew before each test run. */
export async function setup(): Promise<void> {
  await build();
}
