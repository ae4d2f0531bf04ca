/** The time zone that this machine's own schedulers read times in; an IANA name. */
export function machineZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
