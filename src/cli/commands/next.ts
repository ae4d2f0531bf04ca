import type { Action } from '../command-spec.ts';
import { sayNext } from '../look/say-next.ts';
import { withLook } from '../look/with-look.ts';

/** `rota next ROLE`: what the role would take now. Takes nothing. */
export const next: Action = (cli, [role = ''], options) =>
  withLook(cli, options, (look) => sayNext(cli.output, look, { role, now: cli.system.clock.now() }, options));
