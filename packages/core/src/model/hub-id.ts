const OWNER_AND_NAME = /^[A-Za-z0-9_][\w.-]{0,95}\/[A-Za-z0-9_][\w.-]{0,95}$/;

/** Tells whether `id` is `owner/name` as the hub allows it; `--` is the cache's separator. */
export const isHubId = (id: unknown): id is string =>
  typeof id === 'string' && OWNER_AND_NAME.test(id) && !/--|\.\.|\.(git|ipynb)$|[.-]\//.test(id);
