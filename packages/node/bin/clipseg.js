#!/usr/bin/env node
// Not dist/cli.js itself: npm links a command when it installs, before a checkout is built.
import '../dist/cli.js';
