import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

const args = [
  '--headless=new',
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // WebGPU on the CPU: slow, but the same on every machine.
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  // A fake camera with a moving pattern; pages still need permission.
  '--use-fake-device-for-media-stream',
  // A host name that is not a secure context.
  '--host-resolver-rules=MAP insecure.test 127.0.0.1',
  '--js-flags=--expose-gc',
];

/** @throws Error with instructions if Chromium is missing */
export async function launchChromium(): Promise<Browser> {
  if (!existsSync(executablePath)) {
    throw new Error(`${executablePath} does not exist: apt-get install chromium, or set CHROMIUM.`);
  }
  return chromium.launch({ executablePath, args });
}
