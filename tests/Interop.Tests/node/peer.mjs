// Node.js with @grpc/grpc-js as the other side: `node peer.mjs server PROTO` or `node peer.mjs client PROTO ADDRESS`.
// Lives as long as its standard input is open, so it cannot outlive the tests.
import { createInterface } from 'node:readline';
import { loadProto } from './wire.mjs';
import { serve } from './server.mjs';
import { scenarios } from './scenarios.mjs';
import { observations } from './observations.mjs';

const say = (line) => process.stdout.write(JSON.stringify(line) + '\n');
const [role, proto, address] = process.argv.slice(2);
const echo = loadProto(proto);

process.stdin.on('close', () => process.exit(0));
if (role === 'server') {
  say({ port: await serve(echo) });
  process.stdin.resume();
} else {
  const known = { ...scenarios(echo, address), ...observations(address) };
  say({ ready: true });
  for await (const line of createInterface({ input: process.stdin })) {
    const name = line.trim();
    try {
      if (!known[name]) {
        throw new Error(`no scenario named ${name}`);
      }
      const detail = await known[name]();
      say({ scenario: name, ok: true, detail: detail ?? '' });
    } catch (error) {
      say({ scenario: name, ok: false, detail: String(error?.stack ?? error) });
    }
  }
}
