interface ProcessReport {
  readonly header: { readonly glibcVersionRuntime?: string };
  /** Environment of the process, also in a worker thread. */
  readonly environmentVariables: Readonly<Record<string, string>>;
}

/** Returns Node's diagnostic report. */
export function processReport(): ProcessReport {
  // Its network section does DNS lookups, which may take long.
  (process.report as { excludeNetwork?: boolean }).excludeNetwork = true;
  return process.report.getReport() as unknown as ProcessReport;
}
