import type { HasVerify, Verify } from '../cache/verify.js';

export interface HubSourceOptions extends HasVerify {
  /** Branch, tag or commit. Default `main`. */
  readonly revision?: string;
  /**
   * Goes to the endpoint's own origin and to nobody else. Default: HF_TOKEN,
   * HUGGING_FACE_HUB_TOKEN, or the token that `hf auth login` stored.
   */
  readonly token?: string;
  /** Default: HF_ENDPOINT, or the public hub. Without a scheme, https is meant. */
  readonly endpoint?: string;
  /**
   * Use what the cache holds and never the network. Default: HF_HUB_OFFLINE, TRANSFORMERS_OFFLINE.
   */
  readonly offline?: boolean;
  /** The Hugging Face cache, shared with Python. Default: HF_HUB_CACHE, HF_HOME/hub or ~/.cache. */
  readonly hubCacheDir?: string;
  /**
   * Makes every request of the hub, with `redirect: 'manual'`. Default: undici's, through the
   * proxies of HTTPS_PROXY, HTTP_PROXY and NO_PROXY; a fetch that is given brings its own.
   */
  readonly fetch?: typeof fetch;
  /**
   * Milliseconds without anything from the server after which a request is given up and tried again
   * with what is there. Default: HF_HUB_DOWNLOAD_TIMEOUT (seconds), or 30000.
   */
  readonly stallTimeoutMs?: number;
  /** Milliseconds before a failed request is tried again, doubled with every try. Default 250. */
  readonly retryDelayMs?: number;
}

/** A model of a hub, with every option settled. */
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
