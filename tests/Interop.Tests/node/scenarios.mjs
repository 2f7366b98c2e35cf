import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import grpc from '@grpc/grpc-js';
import { largestMessage } from './wire.mjs';

const generous = { 'grpc.max_receive_message_length': largestMessage, 'grpc.max_send_message_length': -1 };
const names = ['café ☕', 'a', 'b', 'ünï', '%25', ''];
const kinds = ['Unary', 'ServerStream', 'ClientStream', 'Duplex'];

/** What the client of Node.js checks of a server, by name. */
export function scenarios(Echo, address) {
  const open = (options = {}) => new Echo(address, grpc.credentials.createInsecure(), { ...generous, 'grpc.use_local_subchannel_pool': 1, ...options });
  const client = open();

  const answersWithStatus = async (kind) => {
    for (let code = 1; code <= 16; code++) {
      const message = `Grund ${code}: 100% «ñ»\tübel\n☂`;
      const result = await call(client, kind, [{ status_code: code, status_message: message, count: 2, text: 'x' }]);
      assert.equal(result.error?.code, code);
      assert.equal(result.error.details, message);
    }
  };
  const metadataReturns = async (kind) => {
    const metadata = new grpc.Metadata();
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
    metadata.add('x-plain', 'one two');
    metadata.add('x-many', 'first');
    metadata.add('x-many', 'second');
    metadata.add('x-data-bin', bytes);
    for (const status_code of [0, 9]) {
      const { headers, trailers } = await call(client, kind, [{ echo_metadata: true, count: 1, status_code }], { metadata });
      for (const [prefix, got] of [['x-', headers], ['t-', trailers]]) {
        assert.deepEqual(got.get(prefix + 'plain'), ['one two']);
        assert.deepEqual(got.get(prefix + 'many').flatMap((value) => value.split(',').map((part) => part.trim())), ['first', 'second']);
        assert.deepEqual(got.get(prefix + 'data-bin'), [bytes]);
      }
    }
  };
  const passesDeadline = async (kind) => {
    const text = randomUUID();
    const result = await call(client, kind, [{ text, wait: true }], { deadline: 1500 });
    assert.equal(result.error?.code, grpc.status.DEADLINE_EXCEEDED);
    await serverSaw(client, text);
  };
  const cancels = async (kind) => {
    const text = randomUUID();
    const result = await call(client, kind, [{ text, wait: true }], { cancelAfter: 1500 });
    assert.equal(result.error?.code, grpc.status.CANCELLED);
    await serverSaw(client, text);
  };
  const forEachKind = (name, check) => Object.fromEntries(kinds.map((kind) => [`${name} ${kind}`, () => check(kind)]));

  return {
    'messages Unary': async () => {
      for (const text of names) {
        const { error, messages } = await call(client, 'Unary', [{ text, data: Buffer.from(text) }]);
        assert.equal(error, null);
        assert.equal(messages[0].text, text);
        assert.deepEqual(messages[0].data, Buffer.from(text));
        assert.equal(messages[0].remaining_ms, -1);
      }
    },
    'messages ServerStream': async () => {
      for (const count of [0, 1, 200]) {
        const { error, messages } = await call(client, 'ServerStream', [{ text: 's', count }]);
        assert.equal(error, null);
        assert.deepEqual(messages.map((message) => message.index), Array.from({ length: count }, (_, index) => index));
      }
    },
    'messages ClientStream': async () => {
      for (const sent of [[], ['one'], names]) {
        const { error, messages } = await call(client, 'ClientStream', sent.map((text) => ({ text, data: Buffer.from(text) })));
        assert.equal(error, null);
        assert.equal(messages[0].index, sent.length);
        assert.equal(messages[0].text, sent.join(','));
        assert.deepEqual(messages[0].data, Buffer.from(sent.join('')));
      }
    },
    'messages Duplex': () => pingPong(client),
    ...forEachKind('statuses', answersWithStatus),
    ...forEachKind('metadata', metadataReturns),
    ...forEachKind('deadline', passesDeadline),
    ...forEachKind('cancellation', cancels),
    'deadline is seen': async () => {
      const { messages } = await call(client, 'Unary', [{}], { deadline: 30_000 });
      assert.ok(messages[0].remaining_ms > 20_000 && messages[0].remaining_ms <= 31_000, `${messages[0].remaining_ms} ms`);
    },
    'unknown method': async () => {
      const { error } = await call(client, 'Missing', [{}]);
      assert.equal(error?.code, grpc.status.UNIMPLEMENTED);
    },
    'large Unary': () => carriesLargeMessages(client, 'Unary'),
    'large Duplex': () => carriesLargeMessages(client, 'Duplex'),
    'too large for the server': async () => {
      const { error } = await call(client, 'Unary', [{ data: Buffer.alloc(largestMessage + 1) }]);
      assert.equal(error?.code, grpc.status.RESOURCE_EXHAUSTED);
    },
    'too large for the client': async () => {
      const small = open({ 'grpc.max_receive_message_length': 4 * 1024 * 1024 });
      const { error } = await call(small, 'Unary', [{ data: Buffer.alloc(5 * 1024 * 1024) }]);
      small.close();
      assert.equal(error?.code, grpc.status.RESOURCE_EXHAUSTED);
    },
    gzip: async () => {
      const compressing = open({ 'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip });
      const data = Buffer.alloc(1_000_000, 'abc');
      for (const kind of kinds) {
        const { error, messages } = await call(compressing, kind, [{ data, compress: true, count: 1 }]);
        assert.equal(error, null);
        assert.deepEqual(messages[0].data, data);
        assert.equal(messages[0].encoding, 'gzip');
      }
      compressing.close();
    },
    'a thousand at once': async () => {
      const ping = { text: randomUUID(), gate: 1000 };
      const results = await Promise.all(Array.from({ length: 1000 }, () => call(client, 'Unary', [ping], { deadline: 30_000 })));
      assert.deepEqual(results.filter((result) => result.error).map((result) => result.error), []);
      assert.equal(new Set(results.map((result) => result.messages[0].peer)).size, 1);
    },
  };
}

/** Makes a call of any kind and returns all there is to know about its end. */
function call(client, kind, pings, { metadata = new grpc.Metadata(), deadline, cancelAfter } = {}) {
  return new Promise((resolve) => {
    const result = { error: null, messages: [], headers: new grpc.Metadata(), trailers: new grpc.Metadata() };
    const options = deadline ? { deadline: Date.now() + deadline } : {};
    const answered = (error, message) => {
      result.error = error;
      if (message) {
        result.messages.push(message);
      }
    };
    const streams = kind === 'ServerStream' || kind === 'Duplex';
    const begin = {
      ServerStream: () => client.ServerStream(pings[0], metadata, options),
      ClientStream: () => client.ClientStream(metadata, options, answered),
      Duplex: () => client.Duplex(metadata, options),
    }[kind] ?? (() => client[kind](pings[0], metadata, options, answered));
    const running = begin();
    running.on('metadata', (headers) => (result.headers = headers));
    running.on('status', (status) => {
      result.trailers = status.metadata;
      // The callback of a call with one answer comes after its status.
      setImmediate(() => resolve(result));
    });
    if (streams) {
      running.on('data', (message) => result.messages.push(message));
      running.on('error', (error) => (result.error = error));
    }
    if (kind === 'ClientStream' || kind === 'Duplex') {
      pings.forEach((ping) => running.write(ping));
      running.end();
    }
    if (cancelAfter) {
      setTimeout(() => running.cancel(), cancelAfter);
    }
  });
}

async function serverSaw(client, text) {
  for (let tries = 0; tries < 100; tries++) {
    const { messages } = await call(client, 'Abandoned', [{ text }]);
    if (messages[0].index === 1) {
      return;
    }
    await pause(30);
  }
  assert.fail('the server did not see that the call was abandoned');
}

/** The next message goes only when the last one was answered, so nothing may be held back. */
function pingPong(client) {
  return new Promise((resolve, reject) => {
    const duplex = client.Duplex();
    let answers = 0;
    duplex.on('data', (message) => {
      try {
        assert.equal(message.index, answers);
        assert.equal(message.text, `${answers}`);
        answers++;
        return answers < 50 ? duplex.write({ text: `${answers}` }) : duplex.end();
      } catch (error) {
        return reject(error);
      }
    });
    duplex.on('error', reject);
    duplex.on('end', () => (answers === 50 ? resolve() : reject(new Error(`${answers} answers`))));
    duplex.write({ text: '0' });
  });
}

async function carriesLargeMessages(client, kind) {
  const data = Buffer.alloc(20 * 1024 * 1024);
  for (let at = 0; at < data.length; at += 4) {
    data.writeUInt32LE((at * 2654435761) >>> 0, at);
  }
  const { error, messages } = await call(client, kind, [{ data }]);
  assert.equal(error, null);
  assert.ok(data.equals(messages[0].data));
}
