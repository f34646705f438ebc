#!/usr/bin/env node
// A file of its own, because npm links commands on install, before a checkout has dist/cli.js.
import '../dist/cli.js';
