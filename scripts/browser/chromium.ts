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
  // WebGPU on the CPU: slow, and the same everywhere.
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  // A camera that shows a moving pattern; pages are asked for it as for any other.
  '--use-fake-device-for-media-stream',
  // A name that is no secure context, and no certificate needed.
  '--host-resolver-rules=MAP insecure.test 127.0.0.1',
  '--js-flags=--expose-gc',
];

/** @throws Error saying how to get one: tests in a browser do not pass without it */
export async function launchChromium(): Promise<Browser> {
  if (!existsSync(executablePath)) {
    throw new Error(`There is no ${executablePath}: apt-get install chromium, or set CHROMIUM.`);
  }
  return chromium.launch({ executablePath, args });
}
