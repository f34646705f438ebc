/**
 * Makes a URL from the environment safe to print: without user, password and query. A value that is
 * not clearly a URL is not shown at all, since a password in it could not be delimited.
 */
export function maskedUrl(value: string): string {
  const text = value.trim();
  const full = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(full)) return '(set, not a URL)';
  const { protocol, username, password, host, pathname, search, hash } = new URL(full);
  if (/@|%40/.test(pathname)) return '(set, not shown)';
  const user = username || password ? '***@' : '';
  const path = pathname === '/' ? '' : pathname;
  return `${protocol}//${user}${host}${path}${search || hash ? '?***' : ''}`;
}
