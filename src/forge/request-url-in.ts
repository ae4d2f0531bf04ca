/**
 * The address of a request in what a server printed during a push:
 *
 *     View merge request for ai/developer/A32:
 *       https://gitlab.example.com/group/project/-/merge_requests/7
 *
 * An address to *open* one (`…/merge_requests/new?…`) is none.
 *
 * @param host where the repository is: an address elsewhere is not believed; null: the remote has no web address
 */
export function requestUrlIn(
  lines: readonly string[],
  host: string | null,
): { readonly url: string; readonly number: number } | null {
  for (const line of lines) {
    for (const [url] of line.matchAll(/https?:\/\/[^\s<>"'\\]{1,500}/g)) {
      const found =
        /^https?:\/\/([^/]+)\/.+\/(?:merge_requests|pulls?|pull-requests)\/([1-9]\d{0,8})\/?$/.exec(url);
      if (found === null) continue;
      if (host !== null && found[1]?.toLowerCase().replace(/:\d+$/, '') !== host.replace(/:\d+$/, ''))
        continue;
      return { url, number: Number(found[2]) };
    }
  }
  return null;
}
