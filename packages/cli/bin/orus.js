#!/usr/bin/env node
import '../dist/orus.js';
