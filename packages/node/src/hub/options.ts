import type { HubOptions as CoreHubOptions } from '@clipseg/core/model';
import type { HasVerify, Verify } from '../cache/verify.js';

export interface HubOptions extends CoreHubOptions {
  /** Use the cache only, never the network. Default: HF_HUB_OFFLINE, TRANSFORMERS_OFFLINE. */
  readonly offline?: boolean;
  /** The Hugging Face cache, shared with Python. Default: HF_HUB_CACHE, HF_HOME/hub or ~/.cache. */
  readonly cacheDir?: string;
  /** Milliseconds before a failed request is retried; doubles each time. Default 250. */
  readonly retryDelayMs?: number;
}

export interface DownloadOptions {
  /**
   * Used for every request to the hub, with `redirect: 'manual'`. Default: undici's fetch with the
   * proxies of HTTPS_PROXY, HTTP_PROXY and NO_PROXY; a custom fetch handles proxies itself.
   */
  readonly fetch?: typeof fetch;
  /**
   * Milliseconds without data after which a request is retried, resuming the download. Default:
   * HF_HUB_DOWNLOAD_TIMEOUT (seconds), or 30000.
   */
  readonly stallTimeoutMs?: number;
}

export interface RepositoryOptions extends HubOptions, DownloadOptions, HasVerify {}

/** A model on a hub, with all options resolved. */
export interface Repository {
  readonly id: string;
  readonly revision: string;
  readonly endpoint: URL;
  readonly offline: boolean;
  readonly token: string | undefined;
  readonly hubCacheDir: string;
  readonly fetch: typeof fetch | undefined;
  readonly stallTimeoutMs: number;
  readonly retryDelayMs: number | undefined;
  readonly verify: Verify;
}
