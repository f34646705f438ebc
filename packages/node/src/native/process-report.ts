interface ProcessReport {
  readonly header: { readonly glibcVersionRuntime?: string };
  /** The process's own, also when it is asked in a worker thread. */
  readonly environmentVariables: Readonly<Record<string, string>>;
}

/** Node's diagnostic report. */
export function processReport(): ProcessReport {
  // Its network part looks up names, which may take long.
  (process.report as { excludeNetwork?: boolean }).excludeNetwork = true;
  return process.report.getReport() as unknown as ProcessReport;
}
