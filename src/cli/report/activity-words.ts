import type { AgentActivity } from '../../events.ts';
import { plainText } from '../../task/text.ts';

/** What an agent does, on one line. */
export function activityInWords(activity: AgentActivity): string {
  switch (activity.kind) {
    case 'tool':
      return plainText(`${activity.name} ${activity.detail}`.trimEnd());
    case 'edit':
      return `edits ${plainText(activity.path)}`;
    case 'text':
      return plainText(activity.text);
    case 'permission':
      return `${activity.granted ? 'allowed' : 'denied'}: ${plainText(activity.detail)}`;
    case 'waiting':
      return `waits: ${plainText(activity.detail)}`;
    case 'usage': {
      const { input, output, usd } = activity.usage;
      return `${input} tokens in, ${output} out${usd === null ? '' : `, $${usd.toFixed(2)}`}`;
    }
    default:
      return activity satisfies never;
  }
}
