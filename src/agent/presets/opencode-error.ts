const STREAM_ERROR = /level=ERROR .*message="stream error".* error\.error="(.*)"?$/;

/** In opencode's log: what its server answered, where it will ask again or gives up. Null: the line is about something else. */
export function opencodeError(line: string): string | null {
  const words = STREAM_ERROR.exec(line)?.[1]?.replace(/"$/, '');
  return words === undefined ? null : words.replace(/^AI_[A-Za-z]+: /, '');
}
