/** @type {import('next').NextConfig} */
export default {
  output: 'export', // the built page is files alone; `headers()` is for a server of Next's
};
