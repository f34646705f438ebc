/** Every limit; README.md explains them. Times in milliseconds, sizes in bytes. */
export const defaults = {
  // connections
  connections: 1024,
  pipelined: 8,
  headerBytes: 8192,
  headersTimeout: 10_000,
  keepAliveTimeout: 5000,
  sendTimeout: 15_000,
  lingerTimeout: 1000,
  // bodies
  bodyLimit: 8e6,
  heldBytes: 64e6,
  bodyTimeout: 30_000,
  stallTimeout: 5000,
  slowAfter: 2000,
  // work
  maxPixels: 24e6,
  promptLength: 500,
  promptTexts: 8,
  running: 1,
  waiting: 64,
  waitTimeout: 20_000,
  workTimeout: 30_000,
  // shutdown
  noticeTime: 500,
  drainTimeout: 8000,
};
