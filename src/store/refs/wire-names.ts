/** What rota's shared refs are called here, whatever they are called on the remote. */
const OWN = 'refs/rota/';

/**
 * How the shared refs are called on a remote: `refs-prefix` in the place of `refs/rota/`, for hosts that refuse custom
 * names. Nobody but those who talk to the remote knows these names: everything else says `refs/rota/`.
 */
export interface WireNames {
  /** Main and branches are called the same on both sides. */
  toWire(ref: string): string;
  /** Null: no name of rota's there, and none that means something here. */
  fromWire(ref: string): string | null;
}

/** @param prefix full, with a slash at its end */
export function wireNames(prefix: string = OWN): WireNames {
  return {
    toWire: (ref) => (ref.startsWith(OWN) ? prefix + ref.slice(OWN.length) : ref),
    fromWire: (ref) =>
      ref.startsWith(prefix) ? OWN + ref.slice(prefix.length) : ref.startsWith(OWN) ? null : ref,
  };
}
