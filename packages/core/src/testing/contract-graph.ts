/** x float32 [n, 2] -> y = x [[1, 2], [3, 4]], z = y + y; made by @clipseg/convert/onnx. */
const GRAPH =
  'CAgSEEBjbGlwc2VnL2NvbnZlcnRCBAoAEBFCEQoNY29tLm1pY3Jvc29mdBABOogCCikKAXgKAXcSCE1hdE11bF8wGg' +
  '9NYXRNdWw6TWF0TXVsXzAiBk1hdE11bAojCghNYXRNdWxfMBIBeRoKSWRlbnRpdHk6eSIISWRlbnRpdHkKKwoITWF0' +
  'TXVsXzAKCE1hdE11bF8wEgVBZGRfMRoJQWRkOkFkZF8xIgNBZGQKIAoFQWRkXzESAXoaCklkZW50aXR5OnoiCElkZW' +
  '50aXR5Eghjb250cmFjdFoUCgF4Eg8KDQgBEgkKAxIBbgoCCAJiFAoBeRIPCg0IARIJCgMSAW4KAggCYhQKAXoSDwoN' +
  'CAESCQoDEgFuCgIIAiobCAIIAhABQgF3ShAAAIA/AAAAQAAAQEAAAIBA';

/** The bytes of the small graph that `testBackend` loads. */
export const contractGraph = (): Uint8Array =>
  Uint8Array.from(atob(GRAPH), (char) => char.charCodeAt(0));
