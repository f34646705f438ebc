import { isMainThread } from 'node:worker_threads';
import { once } from '@clipseg/core';
import type * as Ort from 'onnxruntime-node';
import { libraries, missingLibrary } from './missing-library.js';
import { processReport } from './process-report.js';

/**
 * onnxruntime-node reports its use to its makers on Linux and Windows unless this is set before it
 * is loaded: it keeps a device id in the user's cache, and looks a server up from a thread of its
 * own. That thread also ends the process where the command line is long (a segmentation fault).
 */
export const TELEMETRY_SWITCH = 'ORT_DISABLE_TELEMETRY';

/** Off, unless the user has said something else. */
export function switchOffTelemetry(env: NodeJS.ProcessEnv = process.env): void {
  env[TELEMETRY_SWITCH] ||= '1';
}

/**
 * Native code sees the process's environment, of which a worker thread has a copy only (unless it
 * was started with SHARE_ENV): where the switch does not get through, the user has to know.
 */
function prepareEnvironment(): void {
  switchOffTelemetry();
  if (isMainThread || TELEMETRY_SWITCH in processReport().environmentVariables) return;
  process.emitWarning(
    'onnxruntime-node reports its use to its makers, and a worker thread cannot switch that off. ' +
      `Set process.env.${TELEMETRY_SWITCH} = '1' on the main thread first.`,
    { code: 'CLIPSEG_TELEMETRY' },
  );
}

/**
 * onnxruntime-node, loaded when it is first needed: whoever imports this package can then be told
 * what is missing.
 * @throws ClipSegError `backend` when it cannot be loaded
 */
export const loadOrt = once<typeof Ort>(async () => {
  prepareEnvironment();
  return import('onnxruntime-node').catch((cause) => {
    throw missingLibrary(libraries.onnxruntime, cause);
  });
});
