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
    case 'gemini':
    case 'pi':
      throw new Error(`the preset ${name} is not there yet`);
    default:
      return name satisfies never;
  }
}
