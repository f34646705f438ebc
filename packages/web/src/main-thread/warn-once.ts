const said = new Set<string>();

/** Writes to the console, each message once per page load. */
export function warnOnce(message: string): void {
  if (said.has(message)) return;
  said.add(message);
  console.warn(`@clipseg/web: ${message}`);
}
