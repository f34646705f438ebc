import { isMainThread } from 'node:worker_threads';
import { once } from '@clipseg/core/internal';
import type * as Ort from 'onnxruntime-node';
import { libraries, missingLibrary } from './missing-library.js';
import { processReport } from './process-report.js';

/**
 * onnxruntime-node sends telemetry to its vendor on Linux and Windows unless this is set before it
 * is loaded: it stores a device id in the user's cache and contacts a server from a thread. That
 * thread also crashes the process if the command line is long (a segmentation fault).
 */
export const TELEMETRY_SWITCH = 'ORT_DISABLE_TELEMETRY';

/** Switches telemetry off, unless the user has set the variable. */
export function switchOffTelemetry(env: NodeJS.ProcessEnv = process.env): void {
  env[TELEMETRY_SWITCH] ||= '1';
}

/**
 * Native code sees the environment of the process; a worker thread only has a copy of it (unless
 * started with SHARE_ENV). Warns the user if the switch cannot take effect.
 */
function prepareEnvironment(): void {
  switchOffTelemetry();
  if (isMainThread || TELEMETRY_SWITCH in processReport().environmentVariables) return;
  process.emitWarning(
    'onnxruntime-node sends telemetry to its vendor, and a worker thread cannot switch that off. ' +
      `Set process.env.${TELEMETRY_SWITCH} = '1' on the main thread first.`,
    { code: 'CLIPSEG_TELEMETRY' },
  );
}

/**
 * Loads onnxruntime-node when it is first needed, so that a missing library gives a clear error.
 * @throws ClipSegError `backend` if it cannot be loaded
 */
export const loadOrt = once<typeof Ort>(async () => {
  prepareEnvironment();
  return import('onnxruntime-node').catch((cause) => {
    throw missingLibrary(libraries.onnxruntime, cause);
  });
});
