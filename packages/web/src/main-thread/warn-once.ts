const said = new Set<string>();

/** To the console, each message once in the life of the page. */
export function warnOnce(message: string): void {
  if (said.has(message)) return;
  said.add(message);
  console.warn(`@clipseg/web: ${message}`);
}
