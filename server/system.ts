/** The clock and the ids of a running server. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from './ports/clock.ts';
import type { Ids } from './ports/ids.ts';

let lastMs = 0;
let lastText = new Date(0).toISOString();

export const systemClock: Clock = {
  // Thousands of commands share a millisecond, and its text.
  now() {
    const ms = Date.now();
    if (ms !== lastMs) {
      lastMs = ms;
      lastText = new Date(ms).toISOString();
    }
    return lastText;
  },
};

export const systemIds: Ids = {
  // RFC 9562, 5.7: 48 bits of Unix time in milliseconds, version 7, and the random bits of a version 4 id, which the system draws in batches.
  uuid() {
    const time = Date.now().toString(16).padStart(12, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
  },
  token: (bytes) => randomBytes(bytes).toString('base64url'),
};
