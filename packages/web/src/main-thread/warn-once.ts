const warned = new Set<string>();

/** Writes to the console, each message once per page load. */
export function warnOnce(message: string): void {
  if (warned.has(message)) return;
  warned.add(message);
  console.warn(`@clipseg/web: ${message}`);
}
