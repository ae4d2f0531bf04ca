import type { PresetName } from '../../config.ts';
import type { Preset } from './preset.ts';

/** Each in a file of its own, loaded when an agent of that kind is started. */
export async function presetOf(name: PresetName): Promise<Preset> {
  switch (name) {
    case 'claude':
      return (await import('./claude.ts')).claude;
    case 'codex':
      return (await import('./codex.ts')).codex;
    case 'opencode':
      return (await import('./opencode.ts')).opencode;
    case 'gemini':
      return (await import('./gemini.ts')).gemini;
    case 'pi':
      return (await import('./pi.ts')).pi;
    default:
      return name satisfies never;
  }
}
